// SPDX-License-Identifier: MIT
//
// Condvar: notifying with a lock that was unlocked.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/condvar.hpp>
#include <weld/sync/mutex.hpp>

#include <mutex>
#include <utility>

using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using test::Sleeper;

namespace {

/// A number that is waited for.
struct Pair {
    sync::Mutex<int> number;
    sync::Condvar changed;
};

bool is_zero(int value) { return value == 0; }

}  // namespace

TEST_CASE("notify with an unlocked lock still notifies, and leaves the mutex free") {
    sync::Mutex<> mutex;
    sync::Condvar changed;
    bool is_ready = false;
    const auto wait = [&] {
        std::unique_lock lock(mutex);
        changed.wait_while(lock, [&] { return !is_ready; });
    };
    const auto all = GENERATE(false, true);
    Sleeper waiter(wait);
    CHECK(waiter.is_asleep());
    std::unique_lock lock(mutex);
    is_ready = true;
    lock.unlock();
    all ? changed.notify_all(lock) : changed.notify_one(lock);
    CHECK(waiter.ends());
    CHECK(mutex.try_lock());
    mutex.unlock();
}

TEST_CASE("notify_one with an unlocked or moved-from guard, or with a mutex, wakes a waiter") {
    Pair pair;
    sync::Mutex<> plain;
    Sleeper waiter([&] {
        auto guard = pair.number.lock();
        pair.changed.wait_while(guard, is_zero);
    });
    CHECK(waiter.is_asleep());
    auto guard = pair.number.lock();
    CHECK(guard.owns_lock());
    *guard = 1;
    SECTION("unlocked") {
        guard.unlock();
        CHECK_FALSE(guard.owns_lock());
        pair.changed.notify_one(guard);
    }
    SECTION("moved from") {
        {
            const auto other = std::move(guard);
        }
        pair.changed.notify_one(guard);  // NOLINT(bugprone-use-after-move)
    }
    SECTION("a mutex, which cannot say who holds it") {
        guard.unlock();
        pair.changed.notify_one(plain);
        CHECK(plain.try_lock());
        plain.unlock();
    }
    CHECK(waiter.ends());
    CHECK(pair.number.try_lock());
}
