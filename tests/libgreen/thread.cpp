// SPDX-License-Identifier: MIT
//
// green::thread: many tasks, with native threads, stacks and exceptions. Tests that hold for native threads too are in
// tests/conformance.
#include <support/green.hpp>

#include <atomic>
#include <exception>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::must;
namespace thread = green::thread;

TEST_CASE("a runtime ends after its last task, whose handle was dropped long before") {
    for (const std::size_t workers : {std::size_t{1}, std::size_t{4}}) {
        std::atomic<int> ended{0};
        must(green::run({.workers = workers}, [&ended] {
            for (int i = 0; i < 10; ++i) {
                (void)must(thread::spawn([&ended] {
                    (void)thread::spawn([&ended] {
                        thread::yield_now();
                        ++ended;
                    }).value();
                    thread::sleep(2ms);
                    ++ended;
                }));
            }
        }));
        CHECK(ended == 20);
    }
}

GREEN_TEST("a thousand tasks that yield ten times each all finish") {
    std::atomic<int> sum{0};
    std::vector<thread::JoinHandle<void>> handles;
    for (int i = 0; i < 1000; ++i) {
        handles.push_back(must(thread::spawn([&] {
            for (int turn = 0; turn < 10; ++turn) {
                thread::yield_now();
            }
            sum.fetch_add(1, std::memory_order_relaxed);
        })));
    }
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    CHECK(sum == 1000);
}

GREEN_TEST("a native thread wakes a parked task, and no wake-up is lost") {
    constexpr int rounds = 10'000;
    const auto self = thread::current();
    std::atomic<int> turn{-1};
    std::thread native([&] {
        for (int i = 0; i < rounds; ++i) {
            while (turn.load(std::memory_order_acquire) != i) {
                std::this_thread::yield();
            }
            self.unpark();
        }
    });
    for (int i = 0; i < rounds; ++i) {
        turn.store(i, std::memory_order_release);
        thread::park();
    }
    native.join();
    CHECK(turn == rounds - 1);
}

GREEN_TEST("sleep lasts at least its duration, and other tasks run meanwhile") {
    std::atomic<int> ran{0};
    auto other = must(thread::spawn([&] { ++ran; }));
    const auto start = std::chrono::steady_clock::now();
    must(thread::sleep(10ms));
    CHECK(std::chrono::steady_clock::now() - start >= 10ms);
    CHECK(ran == 1);
    std::move(other).join();
}

GREEN_TEST("a task that is suspended inside a catch block keeps its exception") {
    auto other = must(thread::spawn([] {
        try {
            throw 1;
        } catch (int) {
            thread::yield_now();
            try {
                throw;
            } catch (int same) {
                return same;
            }
        }
        return 0;
    }));
    int caught = 0;
    try {
        throw 2;
    } catch (int) {
        thread::yield_now();
        const std::exception_ptr current = std::current_exception();
        CHECK(current != nullptr);
        try {
            throw;
        } catch (int same) {
            caught = same;
        }
    }
    CHECK(caught == 2);
    CHECK(std::move(other).join() == 1);
    CHECK(std::uncaught_exceptions() == 0);
}

GREEN_TEST("a task's stack is aligned and has its whole size") {
    auto deep = must(thread::spawn([] {
        volatile char block[200 * 1024];
        block[0] = 1;
        block[sizeof block - 1] = 1;
        alignas(32) double vector[4] = {1, 2, 3, 4};
        return reinterpret_cast<std::uintptr_t>(vector) % 32 == 0 && block[0] == 1;
    }));
    CHECK(std::move(deep).join());
}
