// SPDX-License-Identifier: MIT
//
// native::RwLock: shared and exclusive locking, who overtakes whom, and that no timeout leaves a sleeper behind.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/native/rw_lock.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <type_traits>
#include <vector>

namespace native = weld::native;
namespace thread = weld::thread;
using namespace std::chrono_literals;
using native::Instant;
using native::RwLock;
using test::must;
using test::Sleeper;

namespace {

Instant now() { return Instant(native::now(native::Clock::Monotonic)); }

constinit RwLock at_start;

}  // namespace

static_assert(sizeof(RwLock) == 4 && std::is_trivially_destructible_v<RwLock>);
static_assert(!std::is_copy_constructible_v<RwLock> && !std::is_move_constructible_v<RwLock>);

TEST_CASE("many readers or one writer hold the lock") {
    RwLock lock;
    lock.lock_shared();
    CHECK(lock.try_lock_shared());
    CHECK_FALSE(lock.try_lock());
    lock.unlock_shared();
    CHECK_FALSE(lock.try_lock());
    lock.unlock_shared();
    CHECK(lock.try_lock());
    CHECK_FALSE(lock.try_lock());
    CHECK_FALSE(lock.try_lock_shared());
    lock.unlock();
    CHECK(lock.try_lock_shared());
    lock.unlock_shared();
}

TEST_CASE("std::shared_lock and std::unique_lock work with a read-write lock") {
    {
        const std::shared_lock one(at_start);
        const std::shared_lock other(at_start, std::try_to_lock);
        CHECK(other.owns_lock());
        CHECK_FALSE(std::unique_lock(at_start, std::try_to_lock).owns_lock());
    }
    const std::unique_lock writer(at_start, std::try_to_lock);
    CHECK(writer.owns_lock());
    CHECK_FALSE(std::shared_lock(at_start, std::try_to_lock).owns_lock());
}

TEST_CASE("a deadline in the past tries once and leaves the lock unchanged") {
    RwLock lock;
    for (const Instant past : {now() - 1h, Instant(-5ns), Instant::min()}) {
        CHECK(lock.try_lock_until(past));
        CHECK_FALSE(lock.try_lock_until(past));
        CHECK_FALSE(lock.try_lock_shared_until(past));
        lock.unlock();
        CHECK(lock.try_lock_shared_until(past));
        CHECK_FALSE(lock.try_lock_until(past));
        CHECK(lock.try_lock_shared());
        lock.unlock_shared();
        lock.unlock_shared();
    }
    CHECK(lock.try_lock());
    lock.unlock();
}

TEST_CASE("a waiting writer keeps new readers out until it has had the lock") {
    RwLock lock;
    lock.lock_shared();
    Sleeper writer([&] {
        lock.lock();
        lock.unlock();
    });
    CHECK(writer.is_asleep());
    CHECK_FALSE(lock.try_lock_shared());
    Sleeper reader([&] {
        lock.lock_shared();
        lock.unlock_shared();
    });
    CHECK(reader.is_asleep());
    CHECK_FALSE(reader.is_finished());
    lock.unlock_shared();
    writer.join();
    reader.join();
    CHECK(lock.try_lock());
    lock.unlock();
}

TEST_CASE("a writer that times out lets in sleeping readers and new ones") {
    RwLock lock;
    lock.lock_shared();
    std::atomic<bool> may_end{false};
    const auto read = [&] {
        lock.lock_shared();
        (void)test::eventually([&] { return may_end.load(); });
        lock.unlock_shared();
    };
    Sleeper writer([&] { return lock.try_lock_until(now() + 200ms); });
    CHECK(writer.has_slept());
    Sleeper one(read);
    Sleeper other(read);
    CHECK_FALSE(writer.join());
    CHECK(test::eventually([&] { return lock.try_lock_shared(); }));  // the other readers may just be entering
    lock.unlock_shared();
    may_end = true;
    one.join();
    other.join();
    CHECK_FALSE(lock.try_lock());
    lock.unlock_shared();
    CHECK(lock.try_lock());
    lock.unlock();
}

TEST_CASE("when one of two waiting writers times out, the other still gets the lock") {
    for (const bool earlier_gives_up : {true, false}) {
        RwLock lock;
        lock.lock_shared();
        const auto patient = [&] {
            lock.lock();
            lock.unlock();
        };
        const auto impatient = [&] { return lock.try_lock_until(now() + 100ms); };
        std::optional<Sleeper<decltype(patient)>> stays;
        if (!earlier_gives_up) {
            CHECK(stays.emplace(patient).is_asleep());
        }
        Sleeper leaves(impatient);
        CHECK(leaves.has_slept());
        if (earlier_gives_up) {
            CHECK(stays.emplace(patient).is_asleep());
        }
        CHECK_FALSE(leaves.join());
        CHECK(stays->is_asleep());
        CHECK_FALSE(lock.try_lock_shared());  // the other writer keeps the flag set
        lock.unlock_shared();
        CHECK(stays->ends());
        stays->join();
        CHECK(lock.try_lock());
        lock.unlock();
    }
}

TEST_CASE("a writer that times out lets no sleeping reader overtake another writer") {
    RwLock lock;
    lock.lock_shared();
    std::atomic<bool> has_written{false};
    Sleeper writer([&] {
        lock.lock();
        has_written = true;
        lock.unlock();
    });
    CHECK(writer.is_asleep());
    Sleeper reader([&] {
        lock.lock_shared();
        const bool after_writer = has_written;
        lock.unlock_shared();
        return after_writer;
    });
    CHECK(reader.is_asleep());
    for (int times = 0; times < 20; ++times) {
        CHECK_FALSE(lock.try_lock_until(now() + 100us));
        CHECK(writer.is_asleep());
        CHECK(reader.is_asleep());
    }
    CHECK_FALSE(reader.is_finished());
    lock.unlock_shared();
    CHECK(reader.join());
    writer.join();
}

TEST_CASE("a reader that times out behind a writer leaves the lock usable") {
    for (const bool writer_holds : {true, false}) {
        RwLock lock;
        if (writer_holds) {
            lock.lock();
        } else {
            lock.lock_shared();
        }
        std::optional<Sleeper<std::function<void()>>> writer;
        if (!writer_holds) {
            writer.emplace([&] {
                lock.lock();
                lock.unlock();
            });
            CHECK(writer->is_asleep());
        }
        CHECK_FALSE(must(thread::spawn([&] { return lock.try_lock_shared_until(now() + 5ms); })).join());
        Sleeper patient([&] {
            lock.lock_shared();
            lock.unlock_shared();
        });
        CHECK(patient.is_asleep());
        if (writer_holds) {
            lock.unlock();
        } else {
            lock.unlock_shared();
        }
        CHECK(patient.ends());
        patient.join();
        writer.reset();
        CHECK(lock.try_lock());
        lock.unlock();
    }
}

TEST_CASE("a waiter with a deadline gets the lock when it is released before") {
    RwLock lock;
    for (const Instant deadline : {now() + 1h, Instant::max()}) {
        lock.lock();
        Sleeper reader([&] { return lock.try_lock_shared_until(deadline); });
        CHECK(reader.is_asleep());
        lock.unlock();
        CHECK(reader.join());
        Sleeper writer([&] { return lock.try_lock_until(deadline); });
        CHECK(writer.is_asleep());
        lock.unlock_shared();
        CHECK(writer.join());
        lock.unlock();
    }
}

TEST_CASE("unlock of a writer lets in all sleeping readers") {
    RwLock lock;
    lock.lock();
    std::atomic<int> inside{0};
    const auto read = [&] {
        lock.lock_shared();
        ++inside;
        const bool met = test::eventually([&] { return inside.load() == 3; });
        lock.unlock_shared();
        return met;
    };
    Sleeper one(read);
    Sleeper two(read);
    Sleeper three(read);
    CHECK(one.is_asleep());
    CHECK(two.is_asleep());
    CHECK(three.is_asleep());
    lock.unlock();
    CHECK(one.join());
    CHECK(two.join());
    CHECK(three.join());
}

TEST_CASE("downgrade lets in the sleeping readers, and no writer") {
    RwLock lock;
    lock.lock();
    std::atomic<bool> has_written{false};
    Sleeper reader([&] {
        lock.lock_shared();
        const bool overtaken = has_written;
        lock.unlock_shared();
        return overtaken;
    });
    Sleeper writer([&] {
        lock.lock();
        has_written = true;
        lock.unlock();
    });
    CHECK(reader.is_asleep());
    CHECK(writer.is_asleep());
    lock.downgrade();
    CHECK(reader.ends());
    CHECK_FALSE(reader.join());
    CHECK_FALSE(has_written);
    CHECK(writer.is_asleep());
    CHECK_FALSE(lock.try_lock());
    lock.unlock_shared();
    writer.join();
    CHECK(has_written);
}

TEST_CASE("all sleeping writers get the lock, though each release wakes one") {
    RwLock lock;
    lock.lock_shared();
    int written = 0;  // only the lock guards it
    const auto write = [&] {
        lock.lock();
        ++written;
        lock.unlock();
    };
    Sleeper one(write);
    Sleeper two(write);
    Sleeper three(write);
    CHECK(one.is_asleep());
    CHECK(two.is_asleep());
    CHECK(three.is_asleep());
    lock.unlock_shared();
    one.join();
    two.join();
    three.join();
    CHECK(written == 3);
    CHECK(lock.try_lock());
    lock.unlock();
}
