// SPDX-License-Identifier: MIT
//
// green::thread::sleep on a worker that has a libuv loop, whose timeouts are in milliseconds.
#include <support/green_io.hpp>

#include <green/offload.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using test::must;
namespace thread = green::thread;

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

GREEN_TEST("a sleep of less than a millisecond is not rounded up to one") {
    std::array<Clock::duration, 50> lasted{};
    for (auto& one : lasted) {
        must(green::offload([] {}));  // the worker that this resumes on has a loop
        const auto start = Clock::now();
        must(thread::sleep(200us));
        one = Clock::now() - start;
    }
    std::ranges::sort(lasted);
    CHECK(lasted.front() >= 200us);
    if constexpr (!test::under_sanitizer) {
        CHECK(lasted[lasted.size() / 2] < 1ms);
    }
}

GREEN_TEST("a sleep of milliseconds and a fraction never ends early") {
    for (const auto wait : {999us, 1000us, 1001us, 2500us, 10'300us}) {
        must(green::offload([] {}));
        const auto start = Clock::now();
        must(thread::sleep(wait));
        CHECK(Clock::now() - start >= wait);
    }
}

TEST_CASE("sleeping tasks wake in the order of their deadlines") {
    // On one worker, which no spare takes over: between two threads the system decides the order.
    for (const std::size_t workers : {1UZ, 4UZ}) {
        const auto woken = must(green::run({.workers = workers, .spare_carriers = 0}, [] {
            std::vector<int> order;
            std::vector<thread::JoinHandle<void>> handles;
            const auto start = weld::time::deadline_after(20ms);
            for (const int rank : {3, 1, 2, 0}) {
                const auto sleep = [&order, start, rank] {
                    must(thread::sleep_until(start + rank * 10ms));
                    order.push_back(rank);
                };
                handles.push_back(must(thread::spawn(sleep, {.pin = green::Pin::Here})));
            }
            for (auto& handle : handles) {
                std::move(handle).join();
            }
            return order;
        }));
        CHECK(woken == std::vector{0, 1, 2, 3});
    }
}

GREEN_TEST("sleeping tasks wake in the order of deadlines that are less than a millisecond apart") {
    must(green::offload([] {}));
    const auto start = weld::time::deadline_after(5ms);
    std::array<weld::time::Instant, 20> woken{};
    thread::scope([&](thread::Scope& scope) {
        for (std::size_t rank = 0; rank < woken.size(); ++rank) {
            (void)must(scope.spawn([&, rank] {
                thread::sleep_until(start + rank * 100us);
                woken[rank] = Clock::now();
            }));
        }
    });
    for (std::size_t rank = 0; rank < woken.size(); ++rank) {
        CHECK(woken[rank] >= start + rank * 100us);
    }
}
