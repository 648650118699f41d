// SPDX-License-Identifier: MIT
//
// ReentrantLock: its owner may lock it again and again; others get it after the last unlock.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/reentrant_lock.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
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

constinit sync::RawReentrantLock static_lock;
constinit sync::ReentrantLock<int> static_number(40);

/// Whether another thread could have `lock` now.
template <class T>
bool is_free(sync::ReentrantLock<T>& lock) {
    return must(thread::spawn([&] { return lock.try_lock().has_value(); })).join();
}

}  // namespace

static_assert(sizeof(sync::RawReentrantLock) == 16 && std::is_trivially_destructible_v<sync::RawReentrantLock>);
static_assert(std::is_trivially_destructible_v<sync::ReentrantLock<int>>);
static_assert(!std::is_copy_constructible_v<sync::ReentrantLock<int>>);

TEST_CASE("a thread may lock again while it holds the lock", "[rust:reentrant_lock.smoke]") {
    {
        const auto one = static_number.lock();
        {
            const auto two = static_number.lock();
            {
                const auto three = static_number.lock();
                CHECK(*three == 40);
            }
            CHECK_FALSE(is_free(static_number));
            *two = 41;
        }
        CHECK(*one == 41);  // the same value
        CHECK_FALSE(is_free(static_number));
    }
    CHECK(is_free(static_number));
}

TEST_CASE("other threads wait until the last guard is destroyed, and see what was done", "[rust:is_mutex]") {
    sync::ReentrantLock<int> lock(0);
    std::optional outer = lock.lock();
    std::optional inner = lock.lock();
    Sleeper waiter([&] { return *lock.lock(); });
    CHECK(waiter.is_asleep());
    **outer = 1;
    outer.reset();
    CHECK(waiter.is_asleep());
    CHECK_FALSE(waiter.is_finished());
    **inner = 2;
    inner.reset();
    CHECK(waiter.join() == 2);
}

TEST_CASE("try_lock fails in another thread and succeeds in the owner", "[rust:trylock_works]") {
    sync::ReentrantLock<int> lock(0);
    const auto one = lock.try_lock();
    const auto two = lock.try_lock();
    REQUIRE(one);
    REQUIRE(two);
    CHECK_FALSE(is_free(lock));
    const auto three = lock.try_lock_until(Instant::min());
    CHECK(three);
}

TEST_CASE("threads that count several locks deep lose no increment") {
    constexpr int each = test::is_slow ? 3'000 : 30'000;
    sync::ReentrantLock<int> count(0);
    std::vector<thread::JoinHandle<void>> running;
    for (int index = 0; index < 4; ++index) {
        running.push_back(must(thread::spawn([&] {
            for (int round = 0; round < each; ++round) {
                const auto outer = count.lock();
                const auto inner = count.lock();
                ++*inner;
            }
        })));
    }
    for (auto& handle : running) {
        std::move(handle).join();
    }
    CHECK(*count.lock() == 4 * each);
}

TEST_CASE("try_lock_until times out, and the lock works afterwards") {
    sync::ReentrantLock<int> lock(1);
    std::optional guard = lock.lock();
    CHECK(lock.try_lock_for(1us));
    must(thread::spawn([&] {
        const Instant deadline = now() + 10ms;
        const bool refused = !lock.try_lock_until(deadline) && now() >= deadline && !lock.try_lock_for(-1s);
        if (!refused) {
            throw std::runtime_error("it was not refused");
        }
    })).join();
    Sleeper patient([&] { return lock.try_lock_until(Instant::max()).has_value(); });
    CHECK(patient.is_asleep());
    guard.reset();
    CHECK(patient.join());
    CHECK(is_free(lock));
}

TEST_CASE("an exception unlocks each guard that it unwinds") {
    sync::ReentrantLock<int> lock(1);
    const auto outer = lock.lock();
    try {
        const auto inner = lock.lock();
        const auto innermost = lock.lock();
        throw 7;
    } catch (int) {
    }
    CHECK_FALSE(is_free(lock));
    {
        auto moved = lock.lock();
        auto again = std::move(moved);
        again = lock.lock();
    }
    CHECK_FALSE(is_free(lock));
}

TEST_CASE("a guard of a ReentrantLock unlocks once after moves and assignments") {
    sync::ReentrantLock<int> lock(1);
    {
        auto guard = lock.lock();
        auto moved = std::move(guard);
        moved = lock.lock();
    }
    CHECK(is_free(lock));
}

TEST_CASE("into_inner moves the value out, and get_mut changes it without locking") {
    sync::ReentrantLock<std::unique_ptr<int>> lock(std::make_unique<int>(1));
    lock.get_mut() = std::make_unique<int>(2);
    CHECK(*std::move(lock).into_inner() == 2);
}

TEST_CASE("std::unique_lock and std::scoped_lock work with RawReentrantLock") {
    const std::scoped_lock outer(static_lock);
    std::unique_lock inner(static_lock, std::try_to_lock);
    CHECK(inner.owns_lock());
    CHECK_FALSE(must(thread::spawn([] { return static_lock.try_lock(); })).join());
    CHECK_FALSE(must(thread::spawn([] { return std::unique_lock(static_lock, 1ms).owns_lock(); })).join());
}
