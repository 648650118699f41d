// SPDX-License-Identifier: MIT
//
// green::thread: spawn, join, park, sleep, yield, and what they do to exceptions.
#include <support/green.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::must;
namespace thread = green::thread;

GREEN_TEST("a task returns what its closure returned") {
    CHECK(must(thread::spawn([] { return 42; })).join() == 42);
    CHECK(must(thread::spawn([] { return std::string("a string"); })).join() == "a string");
    CHECK(*must(thread::spawn([] { return std::make_unique<int>(7); })).join() == 7);
    int variable = 1;
    int& same = must(thread::spawn([&]() -> int& { return variable; })).join();
    CHECK(&same == &variable);
}

GREEN_TEST("what a task throws is thrown again by join") {
    auto handle = must(thread::spawn([]() -> int { throw std::runtime_error("lost"); }));
    std::string said;
    try {
        (void)std::move(handle).join();
    } catch (const std::runtime_error& error) {
        said = error.what();
    }
    CHECK(said == "lost");
}

GREEN_TEST("a task whose handle is dropped runs all the same, and the runtime waits for it") {
    static std::atomic<int> ran;
    ran = 0;
    {
        (void)must(thread::spawn([] {
            thread::yield_now();
            ++ran;
        }));
    }
    auto last = must(thread::spawn([] { return ran.load() >= 0; }));
    CHECK(std::move(last).join());
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

GREEN_TEST("a token left before park makes it return at once, and counts once") {
    const auto self = thread::current();
    self.unpark();
    self.unpark();
    thread::park();
    CHECK_FALSE(must(thread::park_for(1ms)));
}

GREEN_TEST("two tasks wake each other ten thousand times") {
    constexpr int rounds = 10'000;
    const auto self = thread::current();
    auto other = must(thread::spawn([self] {
        for (int i = 0; i < rounds; ++i) {
            thread::park();
            self.unpark();
        }
        return true;
    }));
    const auto peer = other.thread();
    for (int i = 0; i < rounds; ++i) {
        peer.unpark();
        thread::park();
    }
    CHECK(std::move(other).join());
}

GREEN_TEST("a native thread wakes a parked task, and no wake is lost") {
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

GREEN_TEST("sleep lasts as long as it says, and others run meanwhile") {
    std::atomic<int> ran{0};
    auto other = must(thread::spawn([&] { ++ran; }));
    const auto start = std::chrono::steady_clock::now();
    must(thread::sleep(10ms));
    CHECK(std::chrono::steady_clock::now() - start >= 10ms);
    CHECK(ran == 1);
    std::move(other).join();
}

GREEN_TEST("many deadlines come in their order") {
    std::vector<int> order;
    std::vector<thread::JoinHandle<void>> handles;
    weld::native::Mutex mutex;
    const auto start = weld::time::deadline_after(20ms);
    for (const int rank : {3, 1, 2, 0}) {
        handles.push_back(must(thread::spawn([&, rank] {
            must(thread::sleep_until(start + rank * 10ms));
            mutex.lock();
            order.push_back(rank);
            mutex.unlock();
        })));
    }
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    CHECK(order == std::vector{0, 1, 2, 3});
}

GREEN_TEST("a task that is suspended inside catch finds its exception again") {
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

GREEN_TEST("a task's stack is aligned and as deep as it was made") {
    auto deep = must(thread::spawn([] {
        volatile char block[200 * 1024];
        block[0] = 1;
        block[sizeof block - 1] = 1;
        alignas(32) double vector[4] = {1, 2, 3, 4};
        return reinterpret_cast<std::uintptr_t>(vector) % 32 == 0 && block[0] == 1;
    }));
    CHECK(std::move(deep).join());
}
