// SPDX-License-Identifier: MIT
//
// Poison: a value whose use an exception ended is poisoned, in any lock, until it is repaired.
#include <support/words.hpp>

#include <weld/sync/condvar.hpp>
#include <weld/sync/mutex.hpp>
#include <weld/sync/poison.hpp>
#include <weld/sync/rw_lock.hpp>

#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using test::must;

namespace {

using PoisonMutex = sync::Mutex<sync::Poison<int>>;
using PoisonRwLock = sync::RwLock<sync::Poison<int>>;

constinit PoisonMutex at_start(1);

/// Runs `body` in a thread, and lets it end by the exception that it throws.
template <class Body>
void end_by_exception(Body body) {
    CHECK_THROWS_AS(must(thread::spawn(body)).join(), std::runtime_error);
}

void poison(PoisonMutex& mutex) {
    end_by_exception([&] {
        const auto guard = mutex.lock();
        const auto use = guard->enter();
        **use = 10;
        throw std::runtime_error("");
    });
}

void poison(PoisonRwLock& lock) {
    end_by_exception([&] {
        const auto guard = lock.write();
        const auto use = guard->enter();
        **use = 10;
        throw std::runtime_error("");
    });
}

}  // namespace

static_assert(std::is_trivially_destructible_v<PoisonMutex> && sizeof(PoisonMutex) == 12);

TEST_CASE("an exception poisons the value, and the mutex is free", "[rust:test_mutex_arc_poison]") {
    PoisonMutex mutex(1);
    CHECK_FALSE(mutex.lock()->is_poisoned());
    poison(mutex);
    const auto guard = mutex.try_lock();
    REQUIRE(guard);
    CHECK((*guard)->is_poisoned());
    const auto use = (*guard)->enter();
    REQUIRE_FALSE(use);
    CHECK(use.error().get() == 10);
}

TEST_CASE("an exception that is caught inside a use does not poison") {
    {
        const auto guard = at_start.lock();
        const auto use = guard->enter();
        REQUIRE(use);
        try {
            **use = 2;
            throw std::runtime_error("");
        } catch (const std::runtime_error&) {
        }
    }
    const auto guard = at_start.lock();
    CHECK_FALSE(guard->is_poisoned());
    CHECK(**guard->enter() == 2);
}

TEST_CASE("a waiter sees that another thread's use was poisoned",
          "[rust:test_arc_condvar_poison][rust2014:test_mutex_cond_signal_on_0]") {
    struct Packet {
        PoisonMutex number{1};
        sync::Condvar changed;
    };
    const auto packet = std::make_shared<Packet>();
    auto guard = packet->number.lock();
    auto other = must(thread::spawn([packet] {
        const auto mine = packet->number.lock();
        packet->changed.notify_one();
        const auto use = mine->enter();
        throw std::runtime_error("");
    }));
    while (guard->enter()) {
        packet->changed.wait(guard);
    }
    CHECK(guard->is_poisoned());
    guard.unlock();
    CHECK_THROWS_AS(std::move(other).join(), std::runtime_error);
}

TEST_CASE("the value comes out as poisoned", "[rust:mutex.test_into_inner_poison]") {
    PoisonMutex mutex(1);
    poison(mutex);
    auto inner = std::move(mutex).into_inner();
    REQUIRE_FALSE(inner.enter());
    CHECK(inner.enter().error().get() == 10);
}

TEST_CASE("the value is poisoned also if no other thread uses it", "[rust:mutex.test_get_mut_poison]") {
    PoisonMutex mutex(1);
    poison(mutex);
    REQUIRE_FALSE(mutex.get_mut().enter());
    mutex.get_mut().enter().error().get() = 11;
    CHECK(mutex.get_mut().enter().error().get() == 11);
}

TEST_CASE("a poisoned value can be repaired and used again") {
    PoisonMutex mutex(1);
    poison(mutex);
    {
        const auto guard = mutex.lock();
        guard->enter().error().get() = 3;
        guard->clear_poison();
    }
    CHECK(**mutex.lock()->enter() == 3);
}

TEST_CASE("a use in a destructor during unwinding does not poison") {
    struct Unwinder {
        PoisonMutex& mutex;
        ~Unwinder() { **mutex.lock()->enter() = 5; }
    };
    PoisonMutex mutex(1);
    end_by_exception([&] {
        const Unwinder unwinder{mutex};
        throw std::runtime_error("");
    });
    CHECK(**mutex.lock()->enter() == 5);
}

TEST_CASE("a moved use poisons once, where it ends") {
    sync::Poison<int> value(1);
    {
        auto use = value.enter();
        REQUIRE(use);
        const auto moved = *std::move(use);
        CHECK(*moved == 1);
    }
    CHECK_FALSE(value.is_poisoned());
    try {
        auto use = value.enter();
        const auto moved = *std::move(use);
        throw 7;
    } catch (int) {
    }
    CHECK(value.is_poisoned());
}

TEST_CASE("a reader sees that a writer's use was poisoned", "[rust:test_rw_arc_poison_wr]") {
    PoisonRwLock lock(1);
    poison(lock);
    const auto reader = lock.read();
    CHECK(reader->is_poisoned());
    REQUIRE_FALSE(reader->enter());
    CHECK(reader->enter().error().get() == 10);
}

TEST_CASE("a writer sees that another writer's use was poisoned", "[rust:test_rw_arc_poison_ww]") {
    PoisonRwLock lock(1);
    CHECK_FALSE(lock.read()->is_poisoned());
    poison(lock);
    CHECK_FALSE(lock.write()->enter());
    CHECK(lock.write()->is_poisoned());
}

TEST_CASE("reading does not poison, also after a downgrade",
          "[rust:test_rw_arc_no_poison_rr][rust:test_rw_arc_no_poison_rw][rust2014:test_rw_arc_no_poison_dr]") {
    PoisonRwLock lock(1);
    end_by_exception([&] {
        const auto reader = lock.read();
        CHECK(reader->enter());
        throw std::runtime_error("");
    });
    end_by_exception([&] {
        const auto reader = lock.write().downgrade();
        CHECK(reader->enter());
        throw std::runtime_error("");
    });
    CHECK(lock.read()->enter()->get() == 1);
    CHECK(**lock.write()->enter() == 1);
}

TEST_CASE("the value of a RwLock comes out as poisoned",
          "[rust:rwlock.test_into_inner_poison][rust:rwlock.test_get_mut_poison]") {
    PoisonRwLock lock(1);
    poison(lock);
    CHECK_FALSE(lock.get_mut().enter());
    CHECK(std::move(lock).into_inner().is_poisoned());
}
