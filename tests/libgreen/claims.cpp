// SPDX-License-Identifier: MIT
//
// Claims: a carrier that lost its worker and has a pinned task to run claims one. A sleeping worker is woken for it.
#include <support/green.hpp>

#include <green/blocking.hpp>
#include <green/pool.hpp>
#include <green/thread.hpp>

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::eventually;
using test::must;
namespace thread = green::thread;

namespace {

// Holds a thread back where it reads the clock for the fifth time, which only a worker that searches does.
std::atomic<pid_t> chosen{0};
std::atomic<int> reads{0};
std::atomic<bool> is_held{false};
std::atomic<bool> released{false};

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    if (clock == CLOCK_MONOTONIC && chosen != 0 && chosen == static_cast<pid_t>(::syscall(SYS_gettid)) &&
        ++reads == 5) {
        is_held = true;
        while (!released) {
            ::sched_yield();
        }
        chosen = 0;
    }
    return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
}

namespace {

/// Whether the idle worker of three served a claim, while the second is in a task that does not yield, and the third
/// stops searching because it finds such a task, too. If not, the monitor had to take a worker for the claim.
bool idle_worker_serves_claim() {
    auto pool = must(green::Pool::start({.workers = 3}));
    std::atomic<bool> go{false};
    std::atomic<bool> back{false};
    std::atomic<bool> blocks{false};
    std::vector<thread::JoinHandle<void>> tasks;
    tasks.push_back(must(pool.spawn([&] {
        const thread::Pinned here;
        green::blocking([&] {
            blocks = true;
            while (!go) {
                std::this_thread::sleep_for(100us);
            }
        });
        back = true;
    })));
    CHECK(eventually([&] { return blocks.load(); }));
    const auto loop = [&] {
        while (!back) {
        }
    };
    tasks.push_back(must(pool.spawn(loop)));
    reads = 0;
    is_held = released = false;
    must(pool.spawn([] { chosen = static_cast<pid_t>(::syscall(SYS_gettid)); })).join();
    const auto give_up = std::chrono::steady_clock::now() + 100ms;
    while (!is_held && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::yield();
    }
    const bool was_held = is_held;
    go = true;
    std::this_thread::sleep_for(5ms);  // by then it has usually claimed
    tasks.push_back(must(pool.spawn(loop)));
    const auto before = pool.metrics().handoffs;
    released = true;
    for (auto& task : tasks) {
        std::move(task).join();
    }
    chosen = 0;
    return was_held && pool.metrics().handoffs == before;
}

}  // namespace

TEST_CASE("an idle worker is woken for a claim that was left to a searching worker") {
    bool served = false;  // once is enough: without the wake-up a worker has to be taken each time
    for (int round = 0; round < 20 && !served; ++round) {
        served = idle_worker_serves_claim();
    }
    CHECK(served);
}

TEST_CASE("carriers that claim the only worker at the same time all run their pinned tasks") {
    constexpr int many = 8;
    auto pool = must(green::Pool::start({.workers = 1}));
    std::atomic<int> wait{0};
    std::atomic<bool> go{false};
    std::vector<thread::JoinHandle<int>> tasks;
    for (int i = 0; i < many; ++i) {
        tasks.push_back(must(pool.spawn([&] {
            const thread::Pinned here;
            const pid_t home = ::gettid();
            green::blocking([&] {
                ++wait;
                while (!go) {
                    std::this_thread::yield();
                }
            });
            int strayed = 0;
            for (int turn = 0; turn < 200; ++turn) {
                thread::yield_now();
                strayed += ::gettid() == home ? 0 : 1;
            }
            return strayed;
        })));
        // It blocks its carrier, so the next one is pinned to another.
        CHECK(eventually([&] { return wait == i + 1; }));
    }
    go = true;
    for (auto& task : tasks) {
        CHECK(std::move(task).join() == 0);
    }
}
