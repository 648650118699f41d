// SPDX-License-Identifier: MIT
//
// The tests of green-rs's scheduler; a tag has the name of each test there. Tests of its stack pool are in
// stack_pool.cpp. Its channels are test::Channel here, its tasks that fail throw, and its separate schedulers are tasks
// with Pin::Own.
#include <support/channel.hpp>
#include <support/green.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <unistd.h>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pin;
using green::Pool;
using test::channel;
using test::must;
using test::pool_of;
using test::spawn;
namespace thread = green::thread;

TEST_CASE("a pool returns the value of a task", "[green_rs:lib.test_green_builder]") {
    auto pool = pool_of(2);
    CHECK(must(pool.spawn([] { return 3; })).join() == 3);
    std::move(pool).shutdown();
}

TEST_CASE("shutdown waits for a task", "[green_rs:sched.trivial_run_in_newsched_task_test]") {
    bool ran = false;
    auto pool = pool_of(1);
    (void)must(pool.spawn([&] { ran = true; }));
    std::move(pool).shutdown();
    CHECK(ran);
}

TEST_CASE("shutdown waits for ten tasks", "[green_rs:sched.multiple_task_test]") {
    std::atomic<int> ran{0};
    auto pool = pool_of(1);
    for (int i = 0; i < 10; ++i) {
        (void)must(pool.spawn([&] { ++ran; }));
    }
    std::move(pool).shutdown();
    CHECK(ran == 10);
}

TEST_CASE("shutdown waits for tasks that tasks have spawned", "[green_rs:sched.multiple_task_nested_test]") {
    std::atomic<int> ran{0};
    auto pool = pool_of(1);
    for (int i = 0; i < 10; ++i) {
        (void)must(pool.spawn([&] { spawn([&] { spawn([&] { ++ran; }); }); }));
    }
    std::move(pool).shutdown();
    CHECK(ran == 10);
}

TEST_CASE("a task with Pin::Own resumes on its own thread when a task of another worker wakes it",
          "[green_rs:sched.test_home_sched]") {
    auto pool = pool_of(1);
    // A task on the other worker wakes it, and it resumes at home.
    auto at_home = must(pool.spawn(
        [] {
            const pid_t home = ::gettid();
            auto waker = must(thread::spawn([self = thread::current()] {
                self.unpark();
                return ::gettid();
            }));
            thread::park();
            const bool stayed = ::gettid() == home;
            return stayed && std::move(waker).join() != home;
        },
        {.pin = Pin::Own}));
    CHECK(std::move(at_home).join());
}

TEST_CASE("tasks run where their pins say, on a normal worker and on one for pinned tasks",
          "[green_rs:sched.test_schedule_home_states]") {
    // Pinned and unpinned tasks, spawned on a normal worker and on one that only runs tasks pinned to it.
    for (int round = 0; round < (test::is_slow ? 20 : 120); ++round) {  // and test_stress_schedule_task_states
        auto pool = test::pool_without_spares(1);                       // no other thread may take its tasks
        auto special = must(pool.spawn(
            [] {
                const pid_t own = ::gettid();
                auto homed_here = must(thread::spawn([own] { return ::gettid() == own; }, {.pin = Pin::Here}));
                auto unhomed = must(thread::spawn([own] { return ::gettid() != own; }));
                auto homed_elsewhere = must(thread::spawn([own] { return ::gettid() != own; }, {.pin = Pin::Own}));
                const bool here = std::move(homed_here).join();
                const bool anywhere = std::move(unhomed).join();
                return std::move(homed_elsewhere).join() && here && anywhere && ::gettid() == own;
            },
            {.pin = Pin::Own}));
        auto normal = must(pool.spawn([] {
            const thread::Pinned here;
            const pid_t own = ::gettid();
            auto homed_here = must(thread::spawn([own] { return ::gettid() == own; }, {.pin = Pin::Here}));
            auto unhomed = must(thread::spawn([own] { return ::gettid() == own; }));
            const bool first = std::move(homed_here).join();
            return std::move(unhomed).join() && first;
        }));
        const bool right = std::move(special).join();
        REQUIRE((std::move(normal).join() && right));
        std::move(pool).shutdown();
    }
}

TEST_CASE("tasks of two pools wake each other, and each stays in its pool", "[green_rs:sched.wakeup_across_scheds]") {
    auto first = pool_of(1);
    auto second = pool_of(1);
    auto [to_second, in_second] = channel<int>();
    auto [to_first, in_first] = channel<int>();
    const auto pings = [](auto sender, auto receiver) {
        return [sender = std::move(sender), receiver = std::move(receiver)] {
            const pid_t before = ::gettid();
            bool same = true;
            for (int i = 0; i < 20; ++i) {
                sender.send(i);
                same = receiver->receive() == i && ::gettid() == before && same;
            }
            return same;
        };
    };
    auto left = must(first.spawn(pings(std::move(to_second), in_first)));
    auto right = must(second.spawn(pings(std::move(to_first), in_second)));
    CHECK(std::move(left).join());
    CHECK(std::move(right).join());
}

TEST_CASE("shutdown loses no task that was spawned just before", "[green_rs:sched.no_missed_messages]") {
    for (int round = 0; round < (test::is_slow ? 100 : 2'000); ++round) {
        std::atomic<int> ran{0};
        auto pool = pool_of(1);
        must(pool.set_workers(2));
        (void)must(pool.spawn([&] { ++ran; }));
        (void)must(pool.spawn([&] { ++ran; }, {.pin = Pin::Own}));
        std::move(pool).shutdown();
        REQUIRE(ran == 2);
    }
}

GREEN_TEST("a channel delivers the messages of ten tasks to one", "[green_rs:sched.multithreading]") {
    auto [sender, receiver] = channel<int>();
    for (int i = 0; i < 10; ++i) {
        spawn([to = sender] { to.send(1); });
    }
    int received = 0;
    for (int i = 0; i < 10; ++i) {
        received += receiver->receive().value_or(100);
    }
    CHECK(received == 10);
}

GREEN_TEST("a token passes round a ring of tasks", "[green_rs:sched.thread_ring]") {
    constexpr int tasks = 10;
    constexpr int token = 2000;
    auto [end_sender, end] = channel<bool>();
    std::vector<
        std::pair<test::Channel<std::pair<int, int>>::Sender, std::shared_ptr<test::Channel<std::pair<int, int>>>>>
        ring;
    for (int i = 0; i < tasks; ++i) {
        ring.push_back(channel<std::pair<int, int>>());
    }
    for (int i = 0; i < tasks; ++i) {
        spawn([i, receiver = ring[static_cast<std::size_t>(i)].second,
               next = ring[static_cast<std::size_t>((i + 1) % tasks)].first, at_end = end_sender] {
            while (const auto message = receiver->receive()) {
                if (message->second == 1) {
                    at_end.send(true);
                }
                if (message->second <= 1) {
                    next.send({i, message->second - 1});
                    return;
                }
                next.send({i, message->second - 1});
            }
        });
    }
    ring[0].first.send({0, token});
    ring.clear();
    CHECK(end->receive() == true);
}

TEST_CASE("the destructor of a closure runs inside its task", "[green_rs:sched.start_closure_dtor]") {
    // The closure's destructor may still allocate, and ask for the current task.
    static std::atomic<int> ended{0};
    struct Ends {
        Ends() = default;
        Ends(Ends&& other) noexcept : live(std::exchange(other.live, false)) {}
        ~Ends() {
            if (live) {
                const auto allocated =
                    std::make_unique<std::uint64_t>(thread::current().id() == thread::current().id());
                ended += static_cast<int>(*allocated);
            }
        }
        bool live = true;
    };
    ended = 0;
    auto pool = pool_of(1);
    (void)must(pool.spawn([keep = Ends()] { (void)keep; }));
    std::move(pool).shutdown();
    CHECK(ended == 1);
}

TEST_CASE("a task that polls without yielding does not keep the sender from being stolen",
          "[green_rs:sched.dont_starve_1]") {
    // Two workers: a task that polls without end cannot keep the sender from being stolen.
    auto pool = pool_of(2);
    auto starves = must(pool.spawn([] {
        auto [sender, receiver] = channel<int>();
        spawn([to = std::move(sender)] { to.send(1); });
        while (!receiver->try_receive()) {
        }
    }));
    std::move(starves).join();
    SUCCEED();
}

TEST_CASE("a task that polls and yields lets the sender run on the only worker", "[green_rs:sched.dont_starve_2]") {
    auto pool = pool_of(1);
    auto starves = must(pool.spawn([] {
        auto [sender, receiver] = channel<int>();
        auto [back, unused] = channel<int>();
        spawn([to = std::move(sender)] { to.send(1); });
        while (!receiver->try_receive()) {
            back.send(1);
            thread::yield_now();  // try_receive does not yield here
        }
    }));
    std::move(starves).join();
    SUCCEED();
}

TEST_CASE("a task may yield when no other is runnable", "[green_rs:sched.single_threaded_yield]") {
    auto pool = pool_of(1);
    (void)must(pool.spawn([] {
        for (int i = 0; i < 5; ++i) {
            thread::yield_now();
        }
    }));
    std::move(pool).shutdown();
    SUCCEED();
}

TEST_CASE("other tasks run while a task with Pin::Own blocks in a native condition variable",
          "[green_rs:sched.test_spawn_sched_blocking]") {
    for (int round = 0; round < 20; ++round) {
        std::mutex mutex;
        std::condition_variable condition;
        bool woken = false;
        auto pool = pool_of(1);
        std::atomic<bool> blocks{false};
        auto blocked = must(pool.spawn(
            [&] {
                std::unique_lock lock(mutex);
                blocks = true;
                condition.wait(lock, [&] { return woken; });
            },
            {.pin = Pin::Own}));
        REQUIRE(test::eventually([&] { return blocks.load(); }));
        int sum = 0;
        for (int i = 0; i < 10; ++i) {
            sum += must(pool.spawn([] {
                       thread::yield_now();
                       return 1;
                   })).join();
        }
        {
            const std::lock_guard lock(mutex);
            woken = true;
        }
        condition.notify_one();
        std::move(blocked).join();
        REQUIRE(sum == 10);
    }
}
