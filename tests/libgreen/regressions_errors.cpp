// SPDX-License-Identifier: MIT
//
// Bugs reported against green-rs and its ancestors about errors: stack overflows that were not detected or not reported
// (35, 36 of the table in regressions.cpp), and threads that run no task (41, 42).
#include <support/words.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pool;
using test::must;
namespace thread = green::thread;

#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

namespace {

[[gnu::noinline]] int recurse_for_ever(int depth) {
    volatile char frame[256];
    frame[0] = static_cast<char>(depth);
    return depth < 0 ? 0 : recurse_for_ever(depth + 1) + frame[0];
}

/// Whether the process of a task that calls `overflow` ends with a report that names the task.
template <class Overflow>
void check_report(Overflow overflow) {
    const auto end = test::in_child([&] {
        (void)green::run({.workers = 2, .overflow_report = true},
                         [&] { must(thread::spawn(overflow, {.name = "deep", .stack_size = 64 << 10})).join(); });
        return 0;
    });
    INFO(end.said);
    CHECK(end.died_of(SIGSEGV));
    CHECK(end.said.find("green: task 'deep' overflowed its stack") != std::string::npos);
}

}  // namespace

TEST_CASE("a stack overflow is reported while the task holds the locks that printing takes", "[seed:4A.35]") {
    check_report([] {
        ::flockfile(stdout);
        ::flockfile(stderr);
        std::printf("not flushed");
        return recurse_for_ever(0);
    });
}

TEST_CASE("a stack overflow inside a callback of a C library is reported", "[seed:4A.36]") {
    check_report([] {
        std::array<int, 64> numbers{};
        std::qsort(numbers.data(), numbers.size(), sizeof numbers[0], [](const void* left, const void* /*right*/) {
            return recurse_for_ever(*static_cast<const int*>(left));
        });
        return numbers[0];
    });
}

#endif

namespace {

const thread::Local<int> local;

}  // namespace

TEST_CASE("a call that only tasks may make ends the process with a message on any other thread", "[seed:4A.41]") {
    const auto check = [](const char* name, void (*call)()) {
        const auto end = test::in_child([&] {
            const auto pool = must(Pool::start({.workers = 1}));
            std::thread(call).join();
            return 0;
        });
        INFO(end.said);
        CHECK(end.died_of(SIGABRT));
        CHECK(end.said.find("green: " + std::string(name) + " was called outside a task") != std::string::npos);
    };
    check("green::thread::Pinned", [] { const thread::Pinned here; });
    check("green::thread::Local", [] { (void)local.get(); });
    check("green::set_workers", [] { (void)green::set_workers(2); });
    check("green::workers", [] { (void)green::workers(); });
    check("green::metrics", [] { (void)green::metrics(); });
    check("green::worker_metrics", [] { (void)green::worker_metrics({}); });
    check("green::thread::spawn", [] { thread::scope([](thread::Scope& scope) { (void)scope.spawn([] {}); }); });
}

TEST_CASE("native threads throw, catch and lock as without green", "[seed:4A.42]") {
    constexpr int rounds = test::is_slow ? 100 : 2'000;
    auto pool = must(Pool::start({.workers = 2}));
    std::mutex mutex;
    int guarded = 0;
    const auto throws = [&](auto pause) {
        int right = 0;
        for (int round = 0; round < rounds; ++round) {
            try {
                throw std::runtime_error(std::to_string(round));
            } catch (const std::runtime_error& outer) {
                pause();
                try {
                    throw round;
                } catch (int inner) {
                    right += inner == round && outer.what() == std::to_string(round) ? 1 : 0;
                }
            }
            const std::lock_guard lock(mutex);
            ++guarded;
        }
        return std::uncaught_exceptions() == 0 && std::current_exception() == nullptr ? right : -1;
    };
    std::vector<thread::JoinHandle<int>> tasks;
    for (int i = 0; i < 3; ++i) {
        tasks.push_back(must(pool.spawn([&] { return throws([] { thread::yield_now(); }); })));
    }
    std::atomic<int> native_right{0};
    std::thread native([&] { native_right = throws([] { std::this_thread::yield(); }); });
    CHECK(throws([&] { must(pool.spawn([] {})).join(); }) == rounds);
    native.join();
    CHECK(native_right == rounds);
    for (auto& task : tasks) {
        CHECK(std::move(task).join() == rounds);
    }
    CHECK(guarded == 5 * rounds);
}

TEST_CASE("a thread that becomes a carrier while it handles an exception still has it afterwards", "[seed:4A.42]") {
    const auto throws_inside = [] {
        try {
            throw std::logic_error("the task's");
        } catch (const std::logic_error&) {
            thread::yield_now();
            return std::current_exception() != nullptr;
        }
    };
    auto hosted = must(Pool::start_hosted());
    std::string caught;
    bool clean = false;
    try {
        throw std::runtime_error("the thread's");
    } catch (const std::runtime_error&) {
        clean =
            must(green::run({.workers = 1}, [&] { return std::current_exception() == nullptr && throws_inside(); }));
        auto task = must(hosted.spawn([&] { return std::current_exception() == nullptr && throws_inside(); }));
        while (!task.is_finished()) {
            (void)hosted.pump(1ms);
        }
        clean = std::move(task).join() && clean;
        try {
            throw;
        } catch (const std::runtime_error& again) {
            caught = again.what();
        }
    }
    CHECK(clean);
    CHECK(caught == "the thread's");
    CHECK(std::current_exception() == nullptr);
}
