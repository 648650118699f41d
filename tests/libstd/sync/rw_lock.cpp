// SPDX-License-Identifier: MIT
//
// RwLock: a value that many read or one changes. The order of readers and writers is tested in libnative.rw_lock.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/barrier.hpp>
#include <weld/sync/condvar.hpp>
#include <weld/sync/mutex.hpp>
#include <weld/sync/rw_lock.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <shared_mutex>
#include <stdexcept>
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

constinit sync::RwLock<> static_lock;
constinit sync::RwLock<int> static_number(40);

}  // namespace

static_assert(sizeof(sync::RwLock<>) == 4 && std::is_trivially_destructible_v<sync::RwLock<>>);
static_assert(sizeof(sync::RwLock<int>) == 8 && std::is_trivially_destructible_v<sync::RwLock<int>>);
static_assert(!std::is_copy_constructible_v<sync::RwLock<int>> && !std::is_move_constructible_v<sync::RwLock<int>>);
static_assert(std::is_same_v<decltype(*std::declval<sync::RwLockReadGuard<int>>()), const int&>);

TEST_CASE("a RwLock is read, written, and read twice at the same time", "[rust:rwlock.smoke]") {
    sync::RwLock<int> lock(1);
    (void)lock.read();
    *lock.write() = 2;
    {
        const auto one = lock.read();
        const auto other = lock.read();
        CHECK(*one + *other == 4);
    }
    CHECK(*lock.write() == 2);
    CHECK(*static_number.read() == 40);
    const std::scoped_lock guard(static_lock);
}

TEST_CASE("many threads read and write at random without a deadlock",
          "[rust:frob][rust2014:test_rwlock_writers_and_writers]") {
    constexpr int threads = 10;
    constexpr int rounds = test::is_slow ? 300 : 1'000;
    struct Shared {
        sync::RwLock<> lock;
        std::atomic<int> writers{0};
        std::atomic<int> wrong{0};
    } shared;
    std::vector<thread::JoinHandle<void>> running;
    for (std::uint32_t index = 0; index < threads; ++index) {
        running.push_back(must(thread::spawn([&, index] {
            std::minstd_rand random(index + 1);
            for (int round = 0; round < rounds; ++round) {
                if (random() % threads == 0) {
                    const std::scoped_lock guard(shared.lock);
                    shared.wrong += shared.writers++;
                    --shared.writers;
                } else {
                    const std::shared_lock guard(shared.lock);
                    shared.wrong += shared.writers;
                }
            }
        })));
    }
    for (auto& handle : running) {
        std::move(handle).join();
    }
    CHECK(shared.wrong == 0);
}

TEST_CASE("a writer changes nothing while readers read",
          "[rust:test_rw_arc][rust2014:test_rwlock_readers_wont_modify_the_data]") {
    struct Shared {
        sync::RwLock<int> number;
        std::atomic<bool> written{false};
    };
    const auto shared = std::make_shared<Shared>();
    auto writer = must(thread::spawn([shared] {
        for (int times = 0; times < 10; ++times) {
            const auto number = shared->number.write();
            const int before = std::exchange(*number, -1);
            thread::yield_now();
            *number = before + 1;
        }
        shared->written = true;
    }));
    std::vector<thread::JoinHandle<bool>> readers;
    for (int index = 0; index < 5; ++index) {
        readers.push_back(must(thread::spawn([shared] {
            bool right = true;
            do {
                right = *shared->number.read() >= 0 && right;
            } while (!shared->written);
            return right;
        })));
    }
    for (auto& reader : readers) {
        CHECK(std::move(reader).join());
    }
    std::move(writer).join();
    CHECK(*shared->number.read() == 10);
}

TEST_CASE("a destructor that an exception runs may write",
          "[rust:test_rw_access_in_unwind][rust2014:test_rw_arc_access_in_unwind]") {
    struct Unwinder {
        sync::RwLock<int>& lock;
        ~Unwinder() { ++*lock.write(); }
    };
    sync::RwLock<int> lock(1);
    CHECK_THROWS_AS(must(thread::spawn([&] {
                        const Unwinder unwinder{lock};
                        throw std::runtime_error("");
                    })).join(),
                    std::runtime_error);
    CHECK(*lock.read() == 2);
}

TEST_CASE("try_write fails during a read, and try_read during a write", "[rust:test_rwlock_try_write]") {
    sync::RwLock<int> lock(0);
    {
        const auto reader = lock.read();
        CHECK_FALSE(lock.try_write());
        CHECK(lock.try_read());
    }
    {
        const auto writer = lock.try_write();
        REQUIRE(writer);
        CHECK_FALSE(lock.try_read());
        CHECK_FALSE(lock.try_write());
    }
    CHECK(lock.try_write());
}

TEST_CASE("into_inner of a RwLock moves out a value that cannot be copied", "[rust:rwlock.test_into_inner]") {
    sync::RwLock<std::unique_ptr<int>> lock(std::make_unique<int>(10));
    CHECK(*std::move(lock).into_inner() == 10);
}

TEST_CASE("the value moved out of a RwLock is destroyed once", "[rust:rwlock.test_into_inner_drop]") {
    auto value = std::make_shared<int>(1);
    {
        sync::RwLock<std::shared_ptr<int>> lock(value);
        const std::shared_ptr<int> inner = std::move(lock).into_inner();
        CHECK(value.use_count() == 2);
    }
    CHECK(value.use_count() == 1);
}

TEST_CASE("get_mut of a RwLock changes the value without locking", "[rust:rwlock.test_get_mut]") {
    sync::RwLock<std::unique_ptr<int>> lock(std::make_unique<int>(10));
    lock.get_mut() = std::make_unique<int>(20);
    CHECK(*std::move(lock).into_inner() == 20);
}

TEST_CASE("an exception unlocks readers and writers",
          "[rust2014:test_rwlock_reader_killed_writer][rust2014:test_rwlock_writer_killed_reader][rust2014:test_rwlock_"
          "reader_killed_reader][rust2014:test_rwlock_writer_killed_writer]") {
    sync::RwLock<int> lock(1);
    for (const bool writes : {true, false}) {
        CHECK_THROWS_AS(must(thread::spawn([&] {
                            std::optional<sync::RwLockWriteGuard<int>> writer;
                            std::optional<sync::RwLockReadGuard<int>> reader;
                            if (writes) {
                                writer = lock.write();
                            } else {
                                reader = lock.read();
                            }
                            throw std::runtime_error("");
                        })).join(),
                        std::runtime_error);
        CHECK(lock.try_read());
        CHECK(lock.try_write());
    }
}

TEST_CASE("without a writer a thread may read recursively", "[rust2014:test_rwlock_read_recursive]") {
    sync::RwLock<int> lock(1);
    std::vector<sync::RwLockReadGuard<int>> guards;
    for (int times = 0; times < 1'000; ++times) {
        guards.push_back(lock.read());
    }
    CHECK_FALSE(lock.try_write());
    guards.clear();
    CHECK(lock.try_write());
}

TEST_CASE("a condvar works with the write lock",
          "[rust2014:test_rwlock_cond_wait][rust2014:test_rwlock_cond_broadcast]") {
    sync::RwLock<> lock;
    sync::Condvar changed;
    bool ready = false;
    const auto wait = [&] {
        std::unique_lock writer(lock);
        changed.wait_while(writer, [&] { return !ready; });
        return !lock.try_lock_shared();
    };
    Sleeper one(wait);
    Sleeper other(wait);
    CHECK(one.is_asleep());
    CHECK(other.is_asleep());
    {
        const std::scoped_lock writer(lock);
        ready = true;
    }
    changed.notify_all();
    CHECK(one.join());
    CHECK(other.join());
}

TEST_CASE("a guard of a RwLock unlocks once after moves and assignments") {
    sync::RwLock<int> one(1);
    sync::RwLock<int> other(2);
    const sync::RwLock<int> one_more(3);
    {
        auto reader = one.read();
        auto moved = std::move(reader);
        CHECK_FALSE(one.try_write());
        moved = other.read();
        CHECK(one.try_write());
        CHECK(*moved == 2);
        auto writer = one.write();
        auto moved_writer = std::move(writer);
        CHECK_FALSE(one.try_read());
        moved = one_more.read();
        moved_writer = other.write();
        CHECK(one.try_write());
    }
    CHECK(other.try_write());
}

TEST_CASE("overlapping readers do not keep a writer out", "[promise:2.42]") {
    struct Shared {
        sync::RwLock<int> lock;
        std::atomic<int> inside{0};
        std::atomic<bool> done{false};
    } shared;
    // Each reader stays inside until another one is, so that there is always one, unless a writer keeps them out.
    std::vector<thread::JoinHandle<void>> readers;
    for (int index = 0; index < 4; ++index) {
        readers.push_back(must(thread::spawn([&] {
            while (!shared.done) {
                const auto reader = shared.lock.read();
                ++shared.inside;
                for (int looks = 0; looks < 1'000 && shared.inside.load() <= 1 && !shared.done; ++looks) {
                    thread::yield_now();
                }
                --shared.inside;
            }
        })));
    }
    CHECK(test::eventually([&] { return shared.inside.load() > 1; }));
    for (int times = 0; times < 20; ++times) {
        auto writer = shared.lock.try_write_for(20s);
        REQUIRE(writer);
        CHECK(shared.inside == 0);
        ++**writer;
    }
    shared.done = true;
    for (auto& handle : readers) {
        std::move(handle).join();
    }
    CHECK(*shared.lock.read() == 20);
}

TEST_CASE("all readers hold the lock at the same time", "[promise:2.43][rust2014:test_rwlock_readers_and_readers]") {
    constexpr int readers = 16;
    sync::RwLock<int> lock(7);
    sync::Barrier inside(readers);
    for (const bool behind_a_writer : {false, true}) {
        std::optional<sync::RwLockWriteGuard<int>> writer;
        if (behind_a_writer) {
            writer = lock.write();
        }
        std::vector<thread::JoinHandle<int>> running;
        for (int index = 0; index < readers; ++index) {
            running.push_back(must(thread::spawn([&] {
                const auto reader = lock.read();
                (void)inside.wait();
                return *reader;
            })));
        }
        writer.reset();
        for (auto& handle : running) {
            CHECK(std::move(handle).join() == 7);
        }
    }
}

TEST_CASE("the timed forms time out at their deadline, and the lock works afterwards", "[promise:2.42]") {
    sync::RwLock<int> lock(1);
    std::optional writer = lock.write();
    for (const Instant deadline : {now() + 10ms, now() - 1h, Instant(-5ns), Instant::min()}) {
        CHECK_FALSE(lock.try_read_until(deadline));
        CHECK_FALSE(lock.try_write_until(deadline));
        CHECK(now() >= deadline);
    }
    CHECK_FALSE(lock.try_read_for(1us));
    CHECK_FALSE(lock.try_write_for(-1s));
    Sleeper reader([&] { return **lock.try_read_until(Instant::max()); });
    Sleeper other([&] { return lock.try_write_for(std::chrono::hours::max()).has_value(); });
    CHECK(reader.is_asleep());
    CHECK(other.is_asleep());
    **writer = 2;
    writer.reset();
    CHECK(reader.join() == 2);
    CHECK(other.join());
    CHECK(lock.try_read_for(-1s));
    CHECK(lock.try_write_until(Instant::min()));

    sync::RwLock<> alone;
    CHECK(alone.try_lock_shared_for(1us));
    CHECK_FALSE(alone.try_lock_for(1us));
    CHECK_FALSE(alone.try_lock_until(Instant::min()));
    alone.unlock_shared();
    CHECK(alone.try_lock_for(1us));
    CHECK_FALSE(alone.try_lock_shared_until(now()));
    alone.downgrade();
    CHECK(alone.try_lock_shared());
    alone.unlock_shared();
    alone.unlock_shared();
}

TEST_CASE("the standard's guards take a lock for reading and writing, several at once without a deadlock") {
    sync::RwLock<> lock;
    sync::Mutex<> mutex;
    int both = 0;
    constexpr int rounds = test::is_slow ? 2'000 : 20'000;
    auto reverse = must(thread::spawn([&] {
        for (int round = 0; round < rounds; ++round) {
            const std::scoped_lock guard(mutex, lock);
            ++both;
        }
    }));
    for (int round = 0; round < rounds; ++round) {
        const std::scoped_lock guard(lock, mutex);
        ++both;
    }
    std::move(reverse).join();
    CHECK(both == 2 * rounds);
    std::shared_lock reader(lock, 1ms);
    CHECK(reader.owns_lock());
    CHECK_FALSE(std::unique_lock(lock, 1ms).owns_lock());
    reader.unlock();
    CHECK(std::unique_lock(lock, std::chrono::steady_clock::now()).owns_lock());
    std::array<sync::RwLock<int>, 3> several{};
    CHECK(*several[2].read() == 0);
}
