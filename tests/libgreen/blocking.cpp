// SPDX-License-Identifier: MIT
//
// green::blocking: a task gives its worker away before it blocks.
#include <support/green.hpp>

#include <green/blocking.hpp>

#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pool;
using test::eventually;
using test::must;
namespace thread = green::thread;

GREEN_TEST("other tasks run while a task is in blocking, and it resumes behind them") {
    std::binary_semaphore semaphore(0);
    auto other = must(thread::spawn([&] { semaphore.release(); }));
    const std::uint64_t before = green::metrics().handoffs;
    green::blocking([&] { semaphore.acquire(); });
    CHECK(green::metrics().handoffs > before);
    std::move(other).join();
}

GREEN_TEST("blocking returns what its function returns, also references and values that cannot be copied") {
    int value = 1;
    CHECK(&green::blocking([&]() -> int& { return value; }) == &value);
    CHECK(*green::blocking([] { return std::make_unique<int>(2); }) == 2);
    green::blocking([&] { value = 3; });
    CHECK(value == 3);
}

GREEN_TEST("blocking rethrows what its function throws, and the task has a worker again") {
    bool caught = false;
    try {
        green::blocking([] { throw std::runtime_error("lost"); });
    } catch (const std::runtime_error& error) {
        caught = std::string_view(error.what()) == "lost";
    }
    CHECK(caught);
    bool ran = false;
    must(thread::spawn([&] { ran = true; }, {.run_now = true})).join();
    CHECK(ran);
}

GREEN_TEST("a task in blocking stays on its native thread, and errno is its own") {
    const bool right = green::blocking([] {
        const pid_t before = ::gettid();
        errno = 77;
        std::this_thread::sleep_for(1ms);
        const bool kept = errno == 77;
        auto other = must(thread::spawn([] {}));
        return kept && ::gettid() == before && eventually([&] { return other.is_finished(); });
    });
    CHECK(right);
}

GREEN_TEST("a task in blocking may park, spawn and call blocking again") {
    auto other = must(thread::spawn([] { must(thread::sleep(1ms)); }));
    green::blocking([&] {
        must(thread::sleep(1ms));
        thread::yield_now();
        green::blocking([&] { std::this_thread::sleep_for(1ms); });
        std::move(other).join();
    });
    std::atomic<int> sum{0};
    green::blocking([&] {
        auto one = must(thread::spawn([&] { return ++sum; }));
        CHECK(eventually([&] { return one.is_finished(); }));
    });
    CHECK(sum == 1);
}

GREEN_TEST("a pinned task may call blocking, and resumes on its thread") {
    const thread::Pinned here;
    const pid_t before = ::gettid();
    std::binary_semaphore semaphore(0);
    auto other = must(thread::spawn([&] { semaphore.release(); }));
    green::blocking([&] { semaphore.acquire(); });
    CHECK(::gettid() == before);
    std::move(other).join();
    CHECK(::gettid() == before);
}

TEST_CASE("blocking keeps the worker of a Pin::Own task, and any worker without spare carriers") {
    const auto pool = must(Pool::start({.workers = 1}));
    must(pool.spawn([] { green::blocking([] {}); }, {.pin = green::Pin::Own})).join();
    CHECK(pool.metrics().handoffs == 0);
    const auto none = must(green::run({.workers = 2, .spare_carriers = 0}, [] {
        green::blocking([] {});
        return green::metrics().handoffs;
    }));
    CHECK(none == 0);
}

TEST_CASE("blocking in a task that pump runs keeps the host's worker") {
    auto pool = must(Pool::start_hosted({.workers = 1}));
    auto task = must(pool.spawn(
        [host = ::gettid()] { return green::blocking([&] { return ::gettid() == host; }) && ::gettid() == host; }));
    while (!task.is_finished()) {
        (void)pool.pump(1s);
    }
    CHECK(std::move(task).join());
    CHECK(pool.metrics().handoffs == 0);
    CHECK(pool.metrics().carriers == 1);
}

TEST_CASE("tasks queue for blocking at the limit of spare carriers, and others run") {
    constexpr int tasks = 500;
    constexpr std::size_t spares = 3;
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::atomic<bool> full{false};
    const auto pool = must(Pool::start({.workers = 1, .spare_carriers = spares}));
    std::vector<thread::JoinHandle<void>> handles;
    for (int i = 0; i < tasks; ++i) {
        handles.push_back(must(pool.spawn([&] {
            green::blocking([&] {
                const int now = ++inside;
                int seen = most;
                while (now > seen && !most.compare_exchange_weak(seen, now)) {
                }
                while (!full) {
                    std::this_thread::sleep_for(1ms);
                }
                --inside;
            });
        })));
    }
    CHECK(eventually([&] { return inside == spares; }));
    must(pool.spawn([] {})).join();  // runs while the others wait
    full = true;
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    CHECK(most == spares);
    CHECK(pool.metrics().handoffs >= tasks);
}

TEST_CASE("blocking ends the process outside a task, and in a NoSwitch scope") {
    const auto outside = test::in_child([] {
        green::blocking([] {});
        return 0;
    });
    CHECK(outside.died_of(SIGABRT));
    CHECK(outside.said.starts_with("green: green::blocking was called outside a task: call it inside green::run\n"));
    const auto inside = test::in_child([] {
        must(green::run({.workers = 1}, [] {
            const thread::NoSwitch scope;
            green::blocking([] {});
        }));
        return 0;
    });
    CHECK(inside.died_of(SIGABRT));
    CHECK(inside.said.starts_with("green: a call that parks was made in the NoSwitch scope of "));
}
