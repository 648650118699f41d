// SPDX-License-Identifier: MIT
//
// The locks under random use: several threads lock, try, wait for a moment and time out, and check the lock's promise
// while they hold it. Runs for as long as WELD_SOAK_SECONDS says, all locks together.
#include <support/soak.hpp>
#include <support/words.hpp>

#include <weld/sync.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using namespace std::chrono_literals;
using test::must;

namespace {

using Random = std::minstd_rand;

constexpr int cases = 7;

std::chrono::milliseconds time_for_one() {
    return std::max<std::chrono::milliseconds>(40ms, test::soak_time() / cases);
}

/// Runs `act(random)` in each of `threads` again and again, and gives the sum of what it returns.
template <class Act>
long hammer(std::uint32_t threads, Act act) {
    const auto end = std::chrono::steady_clock::now() + time_for_one();
    const std::uint32_t seed = test::soak_time().count() == 0 ? 1 : std::random_device()();
    std::vector<thread::JoinHandle<long>> running;
    for (std::uint32_t index = 0; index < threads; ++index) {
        running.push_back(must(thread::spawn([&, index] {
            Random random(seed + index);
            long sum = 0;
            while (std::chrono::steady_clock::now() < end) {
                sum += act(random);
            }
            return sum;
        })));
    }
    long sum = 0;
    for (auto& handle : running) {
        sum += std::move(handle).join();
    }
    return sum;
}

/// A wait that is over before, while or after others let go.
std::chrono::microseconds moment(Random& random) { return std::chrono::microseconds(random() % 60); }

/// Stays where it is: not at all, for a moment, or until others have run.
void linger(Random& random) {
    switch (random() % 8) {
        case 0: thread::yield_now(); break;
        case 1: thread::sleep(std::chrono::microseconds(random() % 50)); break;
        default: break;
    }
}

}  // namespace

TEST_CASE("a mutex lets in one thread at a time by every way to lock", "[soak]") {
    for (const std::uint32_t threads : {4U, 8U}) {
        sync::Mutex<long> count(0);
        std::atomic<int> wrong{0};
        std::atomic<int> inside{0};
        const long counted = hammer(threads, [&](Random& random) {
            std::optional<sync::MutexGuard<long>> guard;
            switch (random() % 3) {
                case 0: guard = count.lock(); break;
                case 1: guard = count.try_lock(); break;
                default: guard = count.try_lock_for(moment(random)); break;
            }
            if (!guard) {
                return 0;
            }
            wrong += inside++;
            ++**guard;
            linger(random);
            --inside;
            return 1;
        });
        CHECK(wrong == 0);
        CHECK(*count.lock() == counted);
        CHECK(count.try_lock());
    }
}

TEST_CASE("a RwLock lets in many readers or one writer by every way to lock", "[soak]") {
    for (const std::uint32_t threads : {4U, 8U}) {
        sync::RwLock<long> count(0);
        std::atomic<int> wrong{0};
        std::atomic<int> readers{0};
        std::atomic<int> writers{0};
        const auto read = [&](Random& random, const auto& guard) {
            const long before = *guard;
            ++readers;
            wrong += writers;
            linger(random);
            --readers;
            wrong += *guard == before ? 0 : 1;
        };
        const auto write = [&](Random& random, auto guard) {
            wrong += writers++ + readers;
            ++*guard;
            linger(random);
            --writers;
            if (random() % 2 == 0) {
                const auto reader = std::move(guard).downgrade();
                read(random, reader);
            }
        };
        const long counted = hammer(threads, [&](Random& random) {
            std::optional<sync::RwLockWriteGuard<long>> writer;
            std::optional<sync::RwLockReadGuard<long>> reader;
            switch (random() % 9) {
                case 0: writer = count.write(); break;
                case 1: writer = count.try_write(); break;
                case 2: writer = count.try_write_for(moment(random)); break;
                case 3: reader = count.try_read(); break;
                case 4: reader = count.try_read_for(moment(random)); break;
                default: reader = count.read(); break;
            }
            if (reader) {
                read(random, *reader);
            }
            if (!writer) {
                return 0;
            }
            write(random, *std::move(writer));
            return 1;
        });
        CHECK(wrong == 0);
        CHECK(*count.read() == counted);
        CHECK(count.try_write());
    }
}

TEST_CASE("a queue of a condvar and a mutex loses nothing though waits time out", "[soak]") {
    struct Queue {
        sync::Mutex<int> used;
        sync::Condvar not_empty;
        sync::Condvar not_full;
    } queue;
    constexpr int most = 3;
    std::atomic<int> wrong{0};
    const auto move = [&](Random& random, bool puts) {
        auto& changed = puts ? queue.not_full : queue.not_empty;
        const auto must_wait = [&](int used) { return puts ? used == most : used == 0; };
        auto used = queue.used.lock();
        // Everybody gives up in the end: all others may want the same.
        if (!changed.wait_while_for(used, random() % 16 == 0 ? 2ms : moment(random), must_wait)) {
            return 0;
        }
        *used += puts ? 1 : -1;
        wrong += *used < 0 || *used > most ? 1 : 0;
        if (random() % 2 == 0) {
            used.unlock();
        }
        auto& told = puts ? queue.not_empty : queue.not_full;
        random() % 8 == 0 ? told.notify_all() : told.notify_one();
        return puts ? 1 : -1;
    };
    const long left = hammer(6, [&](Random& random) { return move(random, random() % 2 == 0); });
    CHECK(wrong == 0);
    CHECK(*queue.used.lock() == left);
}

TEST_CASE("a condvar that hands a turn round wakes its owner while others time out", "[soak]") {
    struct Ring {
        sync::Mutex<std::uint32_t> turn;
        sync::Condvar changed;
        std::atomic<bool> done{false};
    } ring;
    constexpr std::uint32_t places = 3;
    std::vector<thread::JoinHandle<int>> running;
    for (std::uint32_t place = 0; place < places; ++place) {
        running.push_back(must(thread::spawn([&, place] {
            int turns = 0;
            for (;;) {
                auto turn = ring.turn.lock();
                ring.changed.wait_while(turn, [&](std::uint32_t at) { return at % places != place && !ring.done; });
                if (ring.done) {
                    return turns;
                }
                ++turns;
                ++*turn;
                turn.unlock();
                ring.changed.notify_all();
            }
        })));
    }
    (void)hammer(2, [&](Random& random) {
        auto turn = ring.turn.lock();
        return ring.changed.wait_for(turn, moment(random)) ? 1 : 0;
    });
    CHECK(test::eventually([&] { return *ring.turn.lock() >= 3 * places; }));
    {
        const auto turn = ring.turn.lock();
        ring.done = true;
    }
    ring.changed.notify_all();
    std::vector<int> turns;
    for (auto& handle : running) {
        turns.push_back(std::move(handle).join());
    }
    const auto [fewest, most] = std::ranges::minmax(turns);
    CHECK(most - fewest <= 1);
}

TEST_CASE("a semaphore lets in as many threads as it has permits, and loses none", "[soak]") {
    constexpr std::uint32_t permits = 3;
    sync::Semaphore semaphore(permits);
    std::atomic<std::uint32_t> inside{0};
    std::atomic<int> wrong{0};
    (void)hammer(8, [&](Random& random) {
        bool has = false;
        switch (random() % 3) {
            case 0: semaphore.acquire(), has = true; break;
            case 1: has = semaphore.try_acquire(); break;
            default: has = semaphore.try_acquire_for(moment(random)); break;
        }
        if (!has) {
            return 0;
        }
        std::uint32_t held = 1;
        while (held < permits && random() % 2 == 0 && semaphore.try_acquire()) {
            ++held;
        }
        wrong += inside.fetch_add(held) + held > permits ? 1 : 0;
        linger(random);
        inside -= held;
        semaphore.release(held);
        return 1;
    });
    CHECK(wrong == 0);
    CHECK(semaphore.available() == permits);
}

TEST_CASE("a ReentrantLock is free once it is unlocked as often as it was locked", "[soak]") {
    sync::ReentrantLock<long> count(0);
    std::atomic<int> inside{0};
    std::atomic<int> wrong{0};
    const long counted = hammer(4, [&](Random& random) {
        std::vector<sync::ReentrantLockGuard<long>> guards;
        auto first = random() % 2 == 0 ? std::optional(count.lock()) : count.try_lock_for(moment(random));
        if (!first) {
            return 0;
        }
        wrong += inside++;
        while (random() % 4 != 0) {
            guards.push_back(count.lock());
        }
        ++**first;
        linger(random);
        --inside;
        first.reset();
        return 1;
    });
    CHECK(wrong == 0);
    CHECK(*count.lock() == counted);
}

TEST_CASE("round after round threads meet, one does what is done once, and some who should fail", "[soak]") {
    constexpr std::uint32_t threads = 4;
    struct Round {
        sync::Once once;
        int plain = 0;
        std::atomic<int> attempts{0};
        sync::Latch left{threads};
    };
    sync::Barrier barrier(threads);
    std::vector<Round> rounds(2);
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    const auto end = std::chrono::steady_clock::now() + time_for_one();
    std::vector<thread::JoinHandle<long>> running;
    for (std::uint32_t index = 0; index < threads; ++index) {
        running.push_back(must(thread::spawn([&] {
            long led = 0;
            for (std::size_t number = 0;; ++number) {
                Round& round = rounds[number % 2];
                if (barrier.wait()) {
                    ++led;
                    Round& next = rounds[(number + 1) % 2];  // which all have left
                    std::destroy_at(&next);
                    std::construct_at(&next);
                    done = std::chrono::steady_clock::now() >= end;
                }
                while (!round.once.try_call_once([&] {
                    if (round.attempts++ < 2) {
                        return false;
                    }
                    ++round.plain;
                    return true;
                })) {
                }
                wrong += round.plain == 1 ? 0 : 1;
                round.left.arrive_and_wait();
                (void)barrier.wait();
                if (done) {
                    return led;
                }
            }
        })));
    }
    long led = 0;
    for (auto& handle : running) {
        led += std::move(handle).join();
    }
    CHECK(wrong == 0);
    CHECK(led > 0);
}
