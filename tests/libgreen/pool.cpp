// SPDX-License-Identifier: MIT
#include <support/green.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <unistd.h>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::eventually;
using test::must;
namespace thread = green::thread;

TEST_CASE("native threads spawn tasks into a pool and join them") {
    const auto pool = must(green::Pool::start({.workers = 2}));
    CHECK(must(pool.spawn([] { return 42; })).join() == 42);
    auto throws = must(pool.spawn([]() -> int { throw std::runtime_error("thrown"); }));
    CHECK_THROWS_AS(std::move(throws).join(), std::runtime_error);
    auto slow = must(pool.spawn([] {
        must(thread::sleep(5ms));
        return must(thread::spawn([] { return std::string("child"); })).join();
    }));
    CHECK(std::move(slow).join() == "child");
}

TEST_CASE("many native threads spawn into one pool") {
    std::atomic<int> ran{0};
    {
        const auto pool = must(green::Pool::start({.workers = 2}));
        std::vector<std::thread> natives;
        for (int i = 0; i < 4; ++i) {
            natives.emplace_back([&] {
                for (int j = 0; j < 500; ++j) {
                    if (j % 2 == 0) {
                        must(pool.spawn([&] { ++ran; })).join();
                    } else {
                        (void)must(pool.spawn([&] {
                            thread::yield_now();
                            ++ran;
                        }));
                    }
                }
            });
        }
        for (auto& native : natives) {
            native.join();
        }
    }
    CHECK(ran == 2000);
}

TEST_CASE("a pool waits for its own tasks only, and tasks of two pools wake and join each other") {
    auto first = must(green::Pool::start({.workers = 1}));
    auto second = must(green::Pool::start({.workers = 1}));
    std::atomic<bool> go{false};
    auto parked = must(second.spawn([&] {
        while (!go) {
            thread::park();
        }
        return 7;
    }));
    const auto other = parked.thread();
    auto joins = must(first.spawn([&] { return std::move(parked).join(); }));
    must(first.spawn([] {})).join();
    CHECK(eventually([&] { return first.metrics().tasks == 1; }));  // a joined task is counted a moment later
    auto wakes = must(first.spawn([&] {
        go = true;
        other.unpark();
    }));
    std::move(wakes).join();
    CHECK(std::move(joins).join() == 7);
    std::move(first).shutdown();
    std::move(second).shutdown();
}

TEST_CASE("shutdown_until returns TimedOut at its deadline, and can be called again") {
    auto pool = must(green::Pool::start({.workers = 1}));
    auto parked = must(pool.spawn([] { thread::park(); }));
    const auto late = pool.shutdown_until(weld::time::deadline_after(5ms));
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().kind() == weld::Kind::TimedOut);
    const auto refused = pool.spawn([] {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind() == weld::Kind::InvalidInput);
    parked.thread().unpark();
    CHECK(pool.shutdown_until(weld::time::deadline_after(10s)).has_value());
}

TEST_CASE("a pool without tasks ends, ten thousand times at once") {
    for (int i = 0; i < (test::is_slow ? 200 : 10'000); ++i) {
        auto pool = must(green::Pool::start({.workers = 1, .stack_size = 16 * 1024}));
        if (i % 2 == 0) {
            (void)must(pool.spawn([] { (void)must(thread::spawn([] {})); }));
        }
    }
    SUCCEED();
}

TEST_CASE("Pool::spawn refuses Pin::Here") {
    const auto pool = must(green::Pool::start({.workers = 1}));
    const auto refused = pool.spawn([] {}, {.pin = green::Pin::Here});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind() == weld::Kind::InvalidInput);
    std::atomic<pid_t> own{0};
    must(pool.spawn([&] { own = ::gettid(); }, {.pin = green::Pin::Own})).join();
    CHECK(own != 0);
    CHECK(must(pool.spawn([] { return ::gettid(); })).join() != own);
}

TEST_CASE("metrics can be read at any time") {
    auto pool = must(green::Pool::start({.workers = 2}));
    std::atomic<bool> stop{false};
    auto busy = must(pool.spawn([&] {
        while (!stop) {
            thread::yield_now();
        }
    }));
    auto parked = must(pool.spawn([] { thread::park(); }));
    CHECK(eventually([&] { return pool.metrics().switches >= 2 && pool.metrics().tasks == 2; }));
    const green::Metrics metrics = pool.metrics();
    CHECK(metrics.workers == 2);
    CHECK(metrics.spawned == 2);
    CHECK(metrics.finished == 0);
    stop = true;
    parked.thread().unpark();
    std::move(busy).join();
    std::move(parked).join();
    CHECK(eventually([&] { return pool.metrics().finished == 2; }));
    std::array<green::WorkerMetrics, 4> each;
    REQUIRE(pool.worker_metrics(each) == 2);
    CHECK(each[0].switches + each[1].switches == pool.metrics().switches);
}

TEST_CASE("ten thousand parked tasks wake no worker") {
    auto pool = must(green::Pool::start({.workers = 2}));
    std::atomic<int> there{0};
    std::vector<thread::JoinHandle<void>> handles;
    for (int i = 0; i < (test::is_slow ? 1'000 : 10'000); ++i) {
        handles.push_back(must(pool.spawn([&] {
            ++there;
            thread::park();
        })));
    }
    CHECK(eventually([&] { return there == static_cast<int>(handles.size()); }));
    CHECK(eventually([&] {  // once both sleep, and have given unused memory back
        const green::Metrics before = pool.metrics();
        std::this_thread::sleep_for(300ms);
        return pool.metrics() == before;
    }));
    const green::Metrics before = pool.metrics();
    std::this_thread::sleep_for(300ms);
    CHECK(pool.metrics() == before);
    for (auto& handle : handles) {
        handle.thread().unpark();
    }
}

TEST_CASE("one task wakes one worker, not all (no thundering herd)") {
    auto pool = must(green::Pool::start({.workers = 4}));
    const auto all_sleep = [&] {  // each sleep but the last has ended, by a wake or by itself
        const green::Metrics before = pool.metrics();
        std::this_thread::sleep_for(1ms);
        return pool.metrics() == before && before.parks >= 4;
    };
    CHECK(eventually(all_sleep));
    const green::Metrics before = pool.metrics();
    constexpr int tasks = 50;
    for (int i = 0; i < tasks; ++i) {
        must(pool.spawn([] {})).join();
        CHECK(eventually(all_sleep));
    }
    const green::Metrics after = pool.metrics();
    CHECK(after.wakes - before.wakes <= tasks);
    CHECK(after.wakes > before.wakes);
}

TEST_CASE("shutdown by a task of the same pool ends the process with a message") {
    const auto end = test::in_child([] {
        std::optional<green::Pool> pool(must(green::Pool::start({.workers = 1})));
        must(pool->spawn([&] { pool.reset(); })).join();
        return 0;
    });
    CHECK(end.died_of(SIGABRT));
    CHECK(end.said.find("a Pool was shut down by one of its own tasks") != std::string::npos);
}

TEST_CASE("the parent's runtime is an error in a child of fork, where a new one may begin") {
    // Under the thread sanitizer and the emulator a child of a process with threads can start no thread.
    static constexpr green::Runtime one{.workers = 1};
    const auto pool = must(green::Pool::start(one));
    const auto spawns = test::in_child([&] {
        (void)pool.spawn([] {});
        return 0;
    });
    CHECK(spawns.died_of(SIGABRT));
    CHECK(spawns.said.find("a task was spawned in a child of fork(2)") != std::string::npos);
    if (!test::under_thread_sanitizer && !test::is_emulated) {
        const auto parks = test::in_child([] {
            (void)green::run(one, [] {
                if (::fork() == 0) {
                    thread::yield_now();
                }
            });
            return 0;
        });
        CHECK(parks.said.find("yield_now in a child of fork(2)") != std::string::npos);
        const auto begins = test::in_child([] { return green::run(one, [] { return 7; }).value_or(0); });
        CHECK(begins.exited_with(7));
    }
}
