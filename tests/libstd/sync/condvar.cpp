// SPDX-License-Identifier: MIT
//
// Condvar: waiters are woken, with any kind of lock, and a timeout is reported.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/native/mutex.hpp>
#include <weld/sync/condvar.hpp>
#include <weld/sync/mutex.hpp>
#include <weld/sync/reentrant_lock.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using namespace std::chrono_literals;
using test::must;
using test::Sleeper;
using weld::time::Instant;

namespace {

Instant now() { return Instant(std::chrono::steady_clock::now()); }

constinit sync::Condvar at_start;

/// A number that is waited for.
struct Pair {
    sync::Mutex<int> number;
    sync::Condvar changed;

    void set(int value) {
        *number.lock() = value;
        changed.notify_one();
    }
};

bool is_zero(int value) { return value == 0; }

}  // namespace

static_assert(sizeof(sync::Condvar) == 8 && std::is_trivially_destructible_v<sync::Condvar>);
static_assert(!std::is_copy_constructible_v<sync::Condvar> && !std::is_move_constructible_v<sync::Condvar>);

TEST_CASE("a notification without a waiter does nothing",
          "[rust:condvar.smoke][rust2014:test_mutex_cond_no_waiter][rust2014:test_mutex_cond_broadcast_none]") {
    at_start.notify_one();
    at_start.notify_all();
    sync::Mutex<int> mutex;
    auto guard = mutex.lock();
    CHECK_FALSE(at_start.wait_for(guard, 1ms));
}

TEST_CASE("notify_one wakes a waiter, which then holds the lock",
          "[rust:notify_one][rust2014:test_mutex_cond_wait][rust2014:test_sem_as_cvar]") {
    Pair pair;
    auto guard = pair.number.lock();
    auto other = must(thread::spawn([&] { pair.set(1); }));
    pair.changed.wait_while(guard, is_zero);
    CHECK(*guard == 1);
    CHECK_FALSE(pair.number.try_lock());
    std::move(other).join();
}

TEST_CASE("notify_all wakes each of twelve waiters", "[rust:notify_all][rust2014:test_mutex_cond_broadcast]") {
    constexpr int waiters = 12;
    struct Shared {
        sync::Mutex<int> arrived;
        sync::Condvar all_here;
        sync::Condvar go;
    } shared;
    std::vector<thread::JoinHandle<void>> threads;
    for (int index = 0; index < waiters; ++index) {
        threads.push_back(must(thread::spawn([&] {
            auto arrived = shared.arrived.lock();
            if (++*arrived == waiters) {
                shared.all_here.notify_one();
            }
            shared.go.wait_while(arrived, [](int number) { return number != 0; });
        })));
    }
    auto arrived = shared.arrived.lock();
    shared.all_here.wait_while(arrived, [](int number) { return number != waiters; });
    *arrived = 0;
    shared.go.notify_all();
    arrived.unlock();
    for (auto& handle : threads) {
        std::move(handle).join();
    }
}

TEST_CASE("the notification may come after unlocking", "[rust:condvar.test_mutex_arc_condvar]") {
    Pair pair;
    Sleeper waiter([&] {
        auto guard = pair.number.lock();
        while (*guard == 0) {
            pair.changed.wait(guard);
        }
        return *guard;
    });
    CHECK(waiter.is_asleep());
    pair.set(3);
    CHECK(waiter.join() == 3);
}

TEST_CASE("wait_while waits as long as the condition holds, and the condition may change the value",
          "[rust:wait_while]") {
    Pair pair;
    Sleeper waiter([&] {
        auto guard = pair.number.lock();
        pair.changed.wait_while(guard, [](int& value) { return value < 3; });
        return std::exchange(*guard, 0);
    });
    for (const int value : {1, 2}) {
        CHECK(waiter.is_asleep());
        pair.set(value);
    }
    CHECK(waiter.is_asleep());
    CHECK_FALSE(waiter.is_finished());
    pair.set(3);
    CHECK(waiter.join() == 3);
    CHECK(*pair.number.lock() == 0);
}

TEST_CASE("without a notification wait_until times out, and the lock is held again", "[rust:wait_timeout_wait]") {
    Pair pair;
    auto guard = pair.number.lock();
    const Instant deadline = now() + 20ms;
    while (pair.changed.wait_until(guard, deadline)) {
    }
    CHECK(now() >= deadline);
    CHECK_FALSE(pair.number.try_lock());
}

TEST_CASE("wait_while_until times out while the condition holds", "[rust:wait_timeout_while_wait]") {
    Pair pair;
    auto guard = pair.number.lock();
    CHECK_FALSE(pair.changed.wait_while_for(guard, 20ms, is_zero));
    CHECK_FALSE(pair.changed.wait_while_until(guard, Instant::min(), is_zero));
    CHECK_FALSE(pair.changed.wait_while_until(guard, Instant(-5ns), is_zero));
}

TEST_CASE("wait_while does not wait if the condition is already false, even after the deadline",
          "[rust:wait_timeout_while_instant_satisfy]") {
    Pair pair;
    auto guard = pair.number.lock();
    *guard = 1;
    CHECK(pair.changed.wait_while_for(guard, 0ms, is_zero));
    CHECK(pair.changed.wait_while_until(guard, Instant::min(), is_zero));
}

TEST_CASE("a change before the deadline ends the wait, also with the last possible deadline",
          "[rust:wait_timeout_while_wake]") {
    for (const Instant deadline : {now() + 1h, Instant::max()}) {
        Pair pair;
        Sleeper waiter([&] {
            auto guard = pair.number.lock();
            return pair.changed.wait_while_until(guard, deadline, is_zero);
        });
        CHECK(waiter.is_asleep());
        pair.set(1);
        CHECK(waiter.join());
    }
}

TEST_CASE("wait_until distinguishes a notification before the deadline from a timeout", "[rust:wait_timeout_wake]") {
    Pair pair;
    Sleeper waiter([&] {
        auto guard = pair.number.lock();
        return pair.changed.wait_for(guard, 1h);
    });
    CHECK(waiter.is_asleep());
    pair.changed.notify_one();
    CHECK(waiter.join());
}

TEST_CASE("a condvar works with any lock: a unique_lock over each mutex, a mutex itself") {
    sync::Condvar changed;
    bool ready = false;
    const auto wait_with = [&](auto& mutex) {
        ready = false;
        Sleeper waiter([&] {
            std::unique_lock lock(mutex);
            changed.wait_while(lock, [&] { return !ready; });
            return changed.wait_while_for(lock, 1h, [&] { return !ready; }) && lock.owns_lock();
        });
        CHECK(waiter.is_asleep());
        {
            const std::scoped_lock lock(mutex);
            ready = true;
        }
        changed.notify_all();
        CHECK(waiter.join());
    };
    weld::native::Mutex native;
    wait_with(native);
    sync::Mutex<> mutex;
    wait_with(mutex);
    sync::RawReentrantLock reentrant;
    wait_with(reentrant);
    std::mutex standard;
    wait_with(standard);

    mutex.lock();
    CHECK_FALSE(changed.wait_for(mutex, 1ms));
    CHECK_FALSE(mutex.try_lock());
    mutex.unlock();
}

TEST_CASE("one mutex works with several condvars, and one condvar with several mutexes") {
    sync::Mutex<int> one;
    sync::Mutex<int> other;
    std::array<sync::Condvar, 2> condvars;
    const auto wait = [](sync::Mutex<int>& mutex, sync::Condvar& condvar) {
        auto guard = mutex.lock();
        condvar.wait_while(guard, is_zero);
    };
    Sleeper first([&] { wait(one, condvars[0]); });
    Sleeper second([&] { wait(one, condvars[1]); });
    Sleeper third([&] { wait(other, condvars[1]); });
    CHECK(first.is_asleep());
    CHECK(second.is_asleep());
    CHECK(third.is_asleep());
    *one.lock() = 1;
    condvars[1].notify_all();
    second.join();
    CHECK(first.is_asleep());
    CHECK(third.is_asleep());
    CHECK_FALSE(third.is_finished());
    *other.lock() = 1;
    condvars[0].notify_all();
    condvars[1].notify_all();
}

TEST_CASE("a condition that throws leaves the lock held by its guard, which unlocks",
          "[rust2014:test_mutex_cond_killed]") {
    Pair pair;
    try {
        auto guard = pair.number.lock();
        pair.changed.wait_while(guard, [](int) -> bool { throw 7; });
    } catch (int) {
    }
    CHECK(pair.number.try_lock());
}

TEST_CASE("no notification is lost while two threads hand a turn to each other", "[promise:2.42]") {
    constexpr int rounds = test::is_slow ? 3'000 : 30'000;
    struct Shared {
        sync::Mutex<int> turn;
        std::array<sync::Condvar, 2> mine;
    } shared;
    const auto play = [&](int side) {
        for (int round = 0; round < rounds; ++round) {
            auto turn = shared.turn.lock();
            shared.mine[static_cast<std::size_t>(side)].wait_while(turn, [&](int at) { return at % 2 != side; });
            ++*turn;
            turn.unlock();
            shared.mine[static_cast<std::size_t>(1 - side)].notify_one();
        }
    };
    auto other = must(thread::spawn([&] { play(1); }));
    play(0);
    std::move(other).join();
    CHECK(*shared.turn.lock() == 2 * rounds);
}

TEST_CASE("no notification is lost to a waiter that times out: each item is taken", "[promise:2.42]") {
    constexpr int items = test::is_slow ? 3'000 : 30'000;
    struct Shared {
        sync::Mutex<std::pair<int, bool>> left;  // items, and whether there will be more
        sync::Condvar more;
        sync::Condvar empty;
    } shared;
    const auto consume = [&](bool patient) {
        int taken = 0;
        auto left = shared.left.lock();
        for (;;) {
            if (left->first > 0) {
                --left->first;
                ++taken;
                shared.empty.notify_one();
            } else if (left->second) {
                return taken;
            } else if (patient) {
                shared.more.wait(left);
            } else {
                (void)shared.more.wait_for(left, 20us);
            }
        }
    };
    std::vector<thread::JoinHandle<int>> consumers;
    for (const bool patient : {true, false, true, false}) {
        consumers.push_back(must(thread::spawn([&, patient] { return consume(patient); })));
    }
    for (int item = 0; item < items; ++item) {
        auto left = shared.left.lock();
        ++left->first;
        left.unlock();
        shared.more.notify_one();
        if (item % 32 == 0) {
            left = shared.left.lock();
            shared.empty.wait_while(left, [](const auto& state) { return state.first > 0; });
        }
    }
    shared.left.lock()->second = true;
    shared.more.notify_all();
    int taken = 0;
    for (auto& consumer : consumers) {
        taken += std::move(consumer).join();
    }
    CHECK(taken == items);
}

TEST_CASE("a waiter notified by the holder of the lock continues once the lock is free") {
    struct {
        sync::Mutex<int> number;
        sync::Condvar changed;
        std::atomic<int> inside = 0;
        std::atomic<int> most = 0;
    } shared;
    std::vector<thread::JoinHandle<void>> waiting;
    for (int index = 0; index < 4; ++index) {
        waiting.push_back(must(thread::spawn([&] {
            auto number = shared.number.lock();
            shared.changed.wait_while(number, [](int value) { return value == 0; });
            const int now = ++shared.inside;
            shared.most = std::max(shared.most.load(), now);
            --shared.inside;
            --*number;
            if (*number == 1) {
                shared.changed.notify_one(number);  // no waiter is left: all are awake
            }
        })));
    }
    {
        auto number = shared.number.lock();
        *number = 8;
        shared.changed.notify_one(number);
        shared.changed.notify_all(number);
    }
    for (auto& thread : waiting) {
        std::move(thread).join();
    }
    CHECK(*shared.number.lock() == 4);
    CHECK(shared.most == 1);
}

TEST_CASE("two threads that notify each other with the lock held lose no turn") {
    const int turns = test::is_slow ? 2'000 : 20'000;
    sync::Mutex<int> value(0);
    sync::Condvar turned;
    const auto play = [&](int parity) {
        auto now = value.lock();
        for (int turn = 0; turn < turns; ++turn) {
            turned.wait_while(now, [parity](int seen) { return seen % 2 != parity; });
            ++*now;
            turned.notify_one(now);
        }
    };
    auto other = must(thread::spawn([&] { play(1); }));
    play(0);
    std::move(other).join();
    CHECK(*value.lock() == 2 * turns);
}
