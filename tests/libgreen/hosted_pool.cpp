// SPDX-License-Identifier: MIT
//
// A pool whose first worker is driven by a host's thread: what pump runs, until when, and who may call it.
#include <support/green.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <poll.h>
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::eventually;
using test::must;
namespace thread = green::thread;

TEST_CASE("a host drives the first worker from its own event loop") {
    auto pool = must(green::Pool::start_hosted());
    const pid_t host = ::gettid();
    std::atomic<int> ran{0};
    const auto is_readable = [&](int milliseconds) {
        pollfd entry{.fd = pool.as_handle().raw(), .events = POLLIN, .revents = 0};
        return ::poll(&entry, 1, milliseconds) == 1;
    };
    CHECK_FALSE(is_readable(0));
    for (int i = 0; i < 1000; ++i) {
        (void)must(pool.spawn([&] {
            thread::yield_now();
            ran += ::gettid() == host ? 1 : 1'000'000;
        }));
    }
    CHECK(is_readable(0));
    CHECK(ran == 0);
    while (ran < 1000) {
        REQUIRE(is_readable(10'000));
        CHECK(pool.pump(0s));
    }
    CHECK(ran == 1000);
    while (is_readable(0)) {
        (void)pool.pump(0s);
    }

    auto sleeps = must(pool.spawn([] { must(thread::sleep(20ms)); }));
    (void)pool.pump(0s);
    const auto start = std::chrono::steady_clock::now();
    while (!sleeps.is_finished()) {
        REQUIRE(is_readable(10'000));
        (void)pool.pump(0s);
    }
    CHECK(std::chrono::steady_clock::now() - start >= 15ms);

    auto parks = must(pool.spawn([] { thread::park(); }));
    (void)pool.pump(0s);
    while (is_readable(0)) {
        (void)pool.pump(0s);
    }
    std::thread native([&, other = parks.thread()] {
        std::this_thread::sleep_for(5ms);
        other.unpark();
    });
    CHECK(is_readable(10'000));
    CHECK(pool.pump(10s));
    native.join();
    CHECK(parks.is_finished());

    const auto before = std::chrono::steady_clock::now();
    CHECK(pool.pump(20ms));  // no task becomes runnable
    CHECK(std::chrono::steady_clock::now() - before >= 20ms);
}

TEST_CASE("pump begins no turn of a task after its deadline") {
    auto pool = must(green::Pool::start_hosted());
    std::vector<std::string> turns;
    const auto deadline = weld::time::deadline_after(20ms);
    const auto run_past_deadline = [&](const char* name) {
        turns.emplace_back(name);
        while (weld::time::now() < deadline) {
        }
    };
    (void)must(pool.spawn([&] {  // its children are in one queue
        (void)must(thread::spawn([&] {
            turns.emplace_back("before");
            thread::yield_now();
            turns.emplace_back("last");
        }));
        (void)must(thread::spawn([&] {
            run_past_deadline("ends");
            (void)must(thread::spawn([&] { turns.emplace_back("spawned"); }));
        }));
        (void)must(thread::spawn([&] { turns.emplace_back("waits"); }));
    }));
    CHECK(pool.pump_until(deadline));
    CHECK(turns == std::vector<std::string>{"before", "ends"});
    const auto runs_one = [&](const char* name) {
        const std::size_t before = turns.size();
        return pool.pump(0s) && turns.size() == before + 1 && turns.back() == name;
    };
    CHECK(runs_one("waits"));
    CHECK(runs_one("last"));
    CHECK(runs_one("spawned"));
    CHECK(pool.metrics().tasks == 0);
}

TEST_CASE("a task that yields or is woken after the deadline of pump waits for the next call") {
    auto pool = must(green::Pool::start_hosted());
    auto deadline = weld::time::now();
    const auto run_past_deadline = [&] {
        while (weld::time::now() < deadline) {
        }
    };
    int turns = 0;
    auto yields = must(pool.spawn([&] {
        for (int i = 0; i < 3; ++i) {
            run_past_deadline();
            ++turns;
            thread::yield_now();
        }
    }));
    for (int i = 1; i <= 3; ++i) {
        deadline = weld::time::deadline_after(5ms);
        CHECK(pool.pump_until(deadline));
        CHECK(turns == i);
    }
    CHECK(pool.pump(0s));
    CHECK(yields.is_finished());

    auto parks = must(pool.spawn([&] {
        thread::park();
        ++turns;
    }));
    auto wakes = must(pool.spawn([&, other = parks.thread()] {
        run_past_deadline();
        other.unpark();
        thread::park();
    }));
    deadline = weld::time::deadline_after(5ms);
    CHECK(pool.pump_until(deadline));
    CHECK(turns == 3);
    CHECK(pool.pump(0s));
    CHECK(turns == 4);
    CHECK(parks.is_finished());
    wakes.thread().unpark();
    CHECK(pool.pump(0s));
    CHECK(wakes.is_finished());
}

TEST_CASE("pump runs due timers when no task is runnable") {
    auto pool = must(green::Pool::start_hosted());
    auto sleeps = must(pool.spawn([] { must(thread::sleep(1ms)); }));
    CHECK(pool.pump(0s));
    const auto due = weld::time::deadline_after(2ms);
    while (weld::time::now() < due) {
    }
    CHECK(pool.pump(0s));
    CHECK(sleeps.is_finished());
}

TEST_CASE("the other workers of a hosted pool run all tasks except those pinned to the host") {
    auto pool = must(green::Pool::start_hosted({.workers = 2}));
    std::atomic<int> ran{0};
    for (int i = 0; i < 100; ++i) {
        (void)must(pool.spawn([&] { ++ran; }));
    }
    CHECK(eventually([&] { return ran == 100; }));
}

TEST_CASE("pump and shutdown refuse a task of their own pool, on any worker") {
    const auto ends_process = [](auto body) {
        return test::in_child([&] {
            std::optional<green::Pool> pool(must(green::Pool::start_hosted({.workers = 2})));
            (void)must(pool->spawn([&] { body(*pool); }));
            std::this_thread::sleep_for(10s);
            return 0;
        });
    };
    const auto pumped = ends_process([](green::Pool& pool) { (void)pool.pump(0s); });
    CHECK(pumped.died_of(SIGABRT));
    INFO(pumped.said);
    CHECK(pumped.said.find("pump was called by a task of its own pool") != std::string::npos);
    const auto awaited = ends_process([](green::Pool& pool) { (void)pool.shutdown_until(weld::time::now()); });
    CHECK(awaited.died_of(SIGABRT));
    CHECK(awaited.said.find("a Pool was shut down by one of its own tasks") != std::string::npos);
}

TEST_CASE("a task of another runtime may call pump") {
    auto pool = must(green::Pool::start_hosted());
    auto answer = must(pool.spawn([] { return 42; }));
    must(green::run({.workers = 1}, [&] { CHECK(pool.pump(0s)); }));
    CHECK(std::move(answer).join() == 42);
}

TEST_CASE("pump of a pool without a host, or by two threads at once, ends the process with a message") {
    const auto without = test::in_child([] {
        auto pool = must(green::Pool::start({.workers = 1}));
        (void)pool.pump(0s);
        return 0;
    });
    CHECK(without.died_of(SIGABRT));
    CHECK(without.said.find("pump was called on a Pool without a host") != std::string::npos);
    const auto descriptor = test::in_child([] {
        const auto pool = must(green::Pool::start({.workers = 1}));
        return pool.as_handle().raw();
    });
    CHECK(descriptor.said.find("as_handle was called on a Pool without a host") != std::string::npos);
    const auto twice = test::in_child([] {
        auto pool = must(green::Pool::start_hosted());
        (void)must(pool.spawn([&] { std::thread([&] { (void)pool.pump(0s); }).join(); }));
        (void)pool.pump(0s);
        return 0;
    });
    CHECK(twice.died_of(SIGABRT));
    CHECK(twice.said.find("pump was called by two threads at once") != std::string::npos);
}

TEST_CASE("a task of a hosted pool runs on the other worker while the host is away, however early it is spawned") {
    for (int i = 0; i < 100; ++i) {
        const auto pool = must(green::Pool::start_hosted({.workers = 2}));
        std::atomic<bool> ran{false};
        (void)must(pool.spawn([&] { ran = true; }));
        CHECK(eventually([&] { return ran.load(); }));
    }
}
