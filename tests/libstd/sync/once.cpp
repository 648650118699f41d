// SPDX-License-Identifier: MIT
//
// Once: a closure that runs once; a closure that throws or fails does not count as run.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/once.hpp>

#include <atomic>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using test::must;
using test::Sleeper;

static_assert(sizeof(sync::Once) == 4 && std::is_trivially_destructible_v<sync::Once>);
static_assert(!std::is_copy_constructible_v<sync::Once> && !std::is_move_constructible_v<sync::Once>);

TEST_CASE("call_once runs one closure and no later one", "[rust:smoke_once]") {
    static constinit sync::Once once;
    int count = 0;
    CHECK_FALSE(once.is_completed());
    once.call_once([&] { ++count; });
    CHECK(count == 1);
    CHECK(once.is_completed());
    once.call_once([&] { count += 10; });
    CHECK(count == 1);
}

TEST_CASE("of many concurrent calls one runs its closure, and all see its effects", "[rust:stampede_once]") {
    constexpr int rounds = test::is_slow ? 20 : 200;
    for (int round = 0; round < rounds; ++round) {
        struct Shared {
            sync::Once once;
            int runs = 0;
        } shared;
        const auto run = [&] {
            for (int times = 0; times < 4; ++times) {
                thread::yield_now();
            }
            shared.once.call_once([&] { ++shared.runs; });
            return shared.runs;
        };
        std::vector<thread::JoinHandle<int>> threads;
        for (int index = 0; index < 10; ++index) {
            threads.push_back(must(thread::spawn(run)));
        }
        CHECK(run() == 1);
        for (auto& handle : threads) {
            CHECK(std::move(handle).join() == 1);
        }
    }
}

TEST_CASE("a closure that throws does not count, and the next one runs", "[rust:poison_bad]") {
    sync::Once once;
    CHECK_THROWS_AS(once.call_once([] { throw 7; }), int);
    CHECK_FALSE(once.is_completed());
    CHECK_THROWS_AS(once.call_once([] { throw 'x'; }), char);
    bool called = false;
    once.call_once([&] { called = true; });
    CHECK(called);
    once.call_once([] { throw 7; });
}

TEST_CASE("a call during a running closure waits for its end, after an earlier one threw",
          "[rust:wait_for_force_to_finish]") {
    sync::Once once;
    CHECK_THROWS_AS(once.call_once([] { throw 7; }), int);
    std::atomic<bool> is_running{false};
    std::atomic<bool> may_end{false};
    auto first = must(thread::spawn([&] {
        once.call_once([&] {
            is_running = true;
            (void)test::eventually([&] { return may_end.load(); });
        });
    }));
    CHECK(test::eventually([&] { return is_running.load(); }));
    Sleeper second([&] {
        bool called = false;
        once.call_once([&] { called = true; });
        return called;
    });
    CHECK(second.is_asleep());
    CHECK_FALSE(second.is_finished());
    may_end = true;
    std::move(first).join();
    CHECK_FALSE(second.join());
}

TEST_CASE("wait returns after another thread's closure, and sees its effects", "[rust:once.wait]") {
    constexpr int rounds = test::is_slow ? 20 : 100;
    int wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        struct Shared {
            sync::Once once;
            int value = 0;
        } shared;
        thread::scope([&](thread::Scope& scope) {
            std::vector<thread::ScopedJoinHandle<int>> waiters;
            for (int index = 0; index < 4; ++index) {
                waiters.push_back(must(scope.spawn([&] {
                    shared.once.wait();
                    return shared.value;
                })));
            }
            shared.once.call_once([&] { shared.value = 1; });
            for (auto& waiter : waiters) {
                wrong += std::move(waiter).join() == 1 ? 0 : 1;
            }
        });
    }
    CHECK(wrong == 0);
}

TEST_CASE("wait continues after a closure threw, until one has completed", "[rust:wait_force_on_poisoned]") {
    sync::Once once;
    Sleeper waiter([&] { once.wait(); });
    CHECK(waiter.is_asleep());
    CHECK_THROWS_AS(once.call_once([] { throw 7; }), int);
    CHECK(waiter.is_asleep());
    CHECK_FALSE(waiter.is_finished());
    once.call_once([] {});
    waiter.join();
}

TEST_CASE("a closure that throws wakes the waiting calls, one after another") {
    sync::Once once;
    std::atomic<int> calls{0};
    std::vector<thread::JoinHandle<bool>> threads;
    for (int index = 0; index < 8; ++index) {
        threads.push_back(must(thread::spawn([&] {
            try {
                once.call_once([&] {
                    if (calls++ < 5) {
                        throw 7;
                    }
                });
            } catch (int) {
                return true;
            }
            return false;
        })));
    }
    int thrown = 0;
    for (auto& handle : threads) {
        thrown += std::move(handle).join() ? 1 : 0;
    }
    CHECK(thrown == 5);
    CHECK(calls == 6);
    CHECK(once.is_completed());
}

TEST_CASE("a closure that returns false does not count") {
    sync::Once once;
    CHECK_FALSE(once.try_call_once([] { return false; }));
    CHECK_FALSE(once.is_completed());
    CHECK_THROWS_AS(once.try_call_once([]() -> bool { throw 7; }), int);
    CHECK(once.try_call_once([] { return true; }));
    CHECK(once.try_call_once([] { return false; }));
    CHECK(once.is_completed());
}
