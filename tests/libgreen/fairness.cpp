// SPDX-License-Identifier: MIT
//
// Fairness: a task that is due or queued gets its turn however busy the others are. All on one worker, so that no other
// can help.
#include <support/words.hpp>

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::must;
namespace thread = green::thread;

namespace {

/// Whether a task that sleeps for a millisecond wakes before the timeout, beside `busy` tasks that run until it has.
bool sleeper_wakes_beside(int busy, void (*task)(std::atomic<bool>& woken, std::chrono::steady_clock::time_point end)) {
    std::atomic<bool> woken{false};  // outlives all tasks: `run` waits also for those that nobody joins
    return must(green::run({.workers = 1}, [&] {
        const auto end = std::chrono::steady_clock::now() + 10s;
        auto sleeper = must(thread::spawn([&] {
            const auto slept = thread::sleep(1ms);
            woken = true;
            return slept.has_value() && std::chrono::steady_clock::now() < end;
        }));
        std::vector<thread::JoinHandle<void>> handles;
        for (int i = 0; i < busy; ++i) {
            handles.push_back(must(thread::spawn([&, task] { task(woken, end); })));
        }
        for (auto& handle : handles) {
            std::move(handle).join();
        }
        return std::move(sleeper).join();
    }));
}

/// Whether `act()` returns within 20 s in a task on one worker, beside `loops` tasks that compute until it has.
template <class Act>
bool happens_beside_loops(int loops, Act act) {
    return must(green::run({.workers = 1}, [&] {
        std::atomic<bool> done{false};
        const auto end = std::chrono::steady_clock::now() + 20s;
        std::vector<thread::JoinHandle<void>> handles;
        handles.push_back(must(thread::spawn([&] {
            act();
            done = true;
        })));
        for (int i = 0; i < loops; ++i) {
            handles.push_back(must(thread::spawn([&] {
                while (!done && std::chrono::steady_clock::now() < end) {
                }
            })));
        }
        for (auto& handle : handles) {
            std::move(handle).join();
        }
        return std::chrono::steady_clock::now() < end;
    }));
}

void spawn_successors(std::atomic<bool>& woken, std::chrono::steady_clock::time_point end) {
    if (!woken && std::chrono::steady_clock::now() < end) {
        (void)thread::spawn([&, end] { spawn_successors(woken, end); });
    }
}

}  // namespace

TEST_CASE("a sleeping task wakes while others yield without end") {
    CHECK(sleeper_wakes_beside(3, [](auto& woken, auto end) {
        while (!woken && std::chrono::steady_clock::now() < end) {
            thread::yield_now();
        }
    }));
}

TEST_CASE("a sleeping task wakes while others each spawn a successor and end") {
    CHECK(sleeper_wakes_beside(3, &spawn_successors));
}

TEST_CASE("a sleeping task wakes again and again beside more long loops than workers") {
    CHECK(happens_beside_loops(6, [] {
        for (int i = 0; i < 20; ++i) {
            must(thread::sleep(1ms));
        }
    }));
}

TEST_CASE("tasks that wake each other make progress beside more long loops than workers") {
    CHECK(happens_beside_loops(4, [] {
        const auto self = thread::current();
        for (int i = 0; i < 5; ++i) {
            auto other = must(thread::spawn([&] { self.unpark(); }));
            thread::park();
            std::move(other).join();
        }
    }));
}

TEST_CASE("a task that a native thread wakes resumes beside more long loops than workers") {
    CHECK(happens_beside_loops(4, [] {
        for (int i = 0; i < 5; ++i) {
            std::thread native([self = thread::current()] { self.unpark(); });
            thread::park();
            native.join();
        }
    }));
}

TEST_CASE("no task starves beside more yielding tasks than a worker's ring holds") {
    constexpr std::size_t tasks = 600;
    constexpr int turns = 200;
    const int least = must(green::run({.workers = 1}, [] {
        std::vector<std::atomic<int>> had(tasks);
        std::atomic<bool> all_there{false};  // the first could use up its turns before the last is spawned
        std::atomic<bool> stop{false};
        std::vector<thread::JoinHandle<void>> handles;
        for (std::atomic<int>& mine : had) {
            handles.push_back(must(thread::spawn([&] {
                while (!stop) {
                    thread::yield_now();
                    if (all_there && ++mine == turns) {
                        stop = true;
                    }
                }
            })));
        }
        all_there = true;
        while (!stop) {
            thread::yield_now();
        }
        const int lowest = *std::ranges::min_element(had, {}, [](const auto& mine) { return mine.load(); });
        for (auto& handle : handles) {
            std::move(handle).join();
        }
        return lowest;
    }));
    CHECK(least > 0);
}
