// SPDX-License-Identifier: MIT
//
// Workers that are added and removed, and tasks that are pinned.
#include <support/green.hpp>
#include <support/soak.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::eventually;
using test::must;
namespace thread = green::thread;

namespace {

/// Whether a task runs on another worker while the calling one stays in user code.
bool another_runs() {
    std::atomic<bool> ran{false};
    auto other = must(thread::spawn([&] { ran = true; }));
    const bool did = eventually([&] { return ran.load(); });
    std::move(other).join();
    return did;
}

}  // namespace

TEST_CASE("an added worker runs tasks that wait behind a task that does not yield") {
    const bool ran = must(green::run({.workers = 1}, [] {
        must(green::set_workers(2));
        return green::workers() == 2 && another_runs();
    }));
    CHECK(ran);
    auto pool = must(green::Pool::start({.workers = 1}));
    std::atomic<bool> began{false};
    auto ran_beside = must(pool.spawn([&] {
        std::atomic<bool> other_ran{false};
        auto other = must(thread::spawn([&] { other_ran = true; }));
        began = true;
        const bool did = eventually([&] { return other_ran.load(); });
        std::move(other).join();
        return did;
    }));
    CHECK(eventually([&] { return began.load(); }));
    must(pool.set_workers(2));  // by a native thread, while the only carrier is in user code
    CHECK(std::move(ran_beside).join());
}

TEST_CASE("tasks of several pools resize each other's pools at the same time") {
    for (int round = 0; round < 50; ++round) {
        std::array pools{must(green::Pool::start({.workers = 1})), must(green::Pool::start({.workers = 1})),
                         must(green::Pool::start({.workers = 1}))};
        const std::size_t count = 2 + static_cast<std::size_t>(round % 2);  // two that resize each other, or a circle
        std::atomic<std::size_t> there{0};
        std::atomic<std::size_t> resized{0};
        std::vector<thread::JoinHandle<void>> tasks;
        for (std::size_t i = 0; i < count; ++i) {
            tasks.push_back(must(pools[i].spawn([&, i] {
                ++there;
                while (there != count) {
                }
                must(pools[(i + 1) % count].set_workers(2));
                ++resized;
            })));
        }
        REQUIRE(eventually([&] { return resized == count; }));
        for (auto& task : tasks) {
            std::move(task).join();
        }
    }
}

TEST_CASE("a task resizes its own pool while a task of another and a native thread resize it, too") {
    auto first = must(green::Pool::start({.workers = 1}));
    auto second = must(green::Pool::start({.workers = 1}));
    for (std::size_t round = 0; round < 20; ++round) {
        auto own = must(first.spawn([&] { must(first.set_workers(2 + round % 2)); }));
        auto other = must(second.spawn([&] { must(first.set_workers(3)); }));
        must(first.set_workers(1 + round % 3));
        std::move(own).join();
        std::move(other).join();
    }
    must(first.set_workers(2));
    CHECK(must(first.spawn(&another_runs)).join());
}

TEST_CASE("a sleeping worker is woken for a task while the host is away") {
    auto pool = must(green::Pool::start_hosted({.workers = 2}));
    for (int i = 0; i < 20; ++i) {  // the host never pumps
        std::array<green::WorkerMetrics, 2> each;
        REQUIRE(eventually([&] { return pool.worker_metrics(each) == 2 && each[1].parks == each[1].wakes + 1; }));
        must(pool.spawn([] {})).join();
    }
    std::move(pool).shutdown();
}

TEST_CASE("tasks of a removed worker continue on others") {
    const int slept = must(green::run({.workers = 4}, [] {
        std::vector<thread::JoinHandle<bool>> handles;
        for (int i = 0; i < 200; ++i) {
            handles.push_back(must(thread::spawn([i] {
                const auto start = std::chrono::steady_clock::now();
                const auto wait = std::chrono::milliseconds(1 + i % 20);
                if (i % 2 == 0) {
                    must(thread::sleep(wait));
                } else if (must(thread::park_for(wait))) {
                    return false;
                }
                for (int j = 0; j < 20; ++j) {
                    thread::yield_now();
                }
                return std::chrono::steady_clock::now() - start >= wait;
            })));
        }
        thread::yield_now();
        must(green::set_workers(1));
        int right = green::workers() == 1 ? 0 : -1000;
        for (auto& handle : handles) {
            right += std::move(handle).join() ? 1 : 0;
        }
        return right;
    }));
    CHECK(slept == 200);
}

TEST_CASE("set_workers refuses zero and more than 4,096 workers") {
    const auto pool = must(green::Pool::start({.workers = 1}));
    CHECK(pool.set_workers(0).error().kind() == weld::Kind::InvalidInput);
    CHECK(pool.set_workers(1'000'000).error().kind() == weld::Kind::InvalidInput);
    CHECK(pool.workers() == 1);
}

GREEN_TEST("a pinned task stays on its thread while others run there") {
    const thread::Pinned here;
    const pid_t before = ::gettid();
    std::atomic<bool> stop{false};
    std::vector<thread::JoinHandle<void>> others;
    for (int i = 0; i < 8; ++i) {
        others.push_back(must(thread::spawn([&] {
            while (!stop) {
                thread::yield_now();
            }
        })));
    }
    bool stayed = true;
    for (int i = 0; i < 300; ++i) {
        const thread::Pinned nested;
        thread::yield_now();
        stayed = stayed && ::gettid() == before;
    }
    must(thread::sleep(1ms));
    stayed = stayed && ::gettid() == before;
    stop = true;
    for (auto& other : others) {
        std::move(other).join();
    }
    CHECK((stayed && ::gettid() == before));
}

GREEN_TEST("a task spawned with Pin::Here runs on the spawner's thread, from wherever it is woken") {
    const thread::Pinned self;
    const pid_t here = ::gettid();
    bool all = true;
    for (int i = 0; i < 50; ++i) {
        auto pinned = must(thread::spawn(
            [here] {
                const bool first = ::gettid() == here;
                thread::park();
                return first && ::gettid() == here;
            },
            {.pin = green::Pin::Here}));
        auto waker = must(thread::spawn([other = pinned.thread()] { other.unpark(); }));
        std::thread native([other = pinned.thread()] { other.unpark(); });
        all = std::move(pinned).join() && all;
        std::move(waker).join();
        native.join();
    }
    CHECK(all);
}

GREEN_TEST("a task with Pin::Own has a thread that runs nothing else") {
    const auto own = [] { return must(thread::spawn([] { return ::gettid(); }, {.pin = green::Pin::Own})).join(); };
    const pid_t first = own();
    auto stays = must(thread::spawn(
        [] {
            const pid_t here = ::gettid();
            bool right = true;
            for (int i = 0; i < 20; ++i) {
                must(thread::sleep(100us));
                right = right && ::gettid() == here;
                right = must(thread::spawn([here] { return ::gettid() != here; })).join() && right;
                right = must(thread::spawn([here] { return ::gettid() == here; }, {.pin = green::Pin::Here})).join() &&
                        right;
            }
            return right ? here : 0;
        },
        {.pin = green::Pin::Own}));
    const pid_t here = std::move(stays).join();
    CHECK(here != 0);
    CHECK(first != ::gettid());
}

TEST_CASE("a worker for pinned tasks steals nothing and has no spurious wake-ups") {
    auto pool = must(green::Pool::start({.workers = 1}));
    auto pinned = must(pool.spawn([] { thread::park(); }, {.pin = green::Pin::Own}));
    std::array<green::WorkerMetrics, 2> before;
    CHECK(eventually([&] {  // it has run the task, and sleeps; it may also have slept before
        return pool.worker_metrics(before) == 2 && before[1].switches == 1 && before[1].parks == before[1].wakes + 1;
    }));
    for (int i = 0; i < 100; ++i) {
        must(pool.spawn([] { thread::yield_now(); })).join();
    }
    std::array<green::WorkerMetrics, 2> each;
    REQUIRE(pool.worker_metrics(each) == 2);
    CHECK(each[1].steals == 0);
    CHECK(each[1].wakes == before[1].wakes);
    CHECK(each[1].parks == before[1].parks);
    pinned.thread().unpark();
    std::move(pinned).join();
}

TEST_CASE("tasks are spawned, stolen, pinned and moved while workers are added and removed", "[soak]") {
    auto pool = must(green::Pool::start({.workers = 2, .stack_size = 32 * 1024}));
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> ended{0};
    std::uint64_t started = 0;
    std::thread resizer([&] {
        std::minstd_rand random(1);
        while (!stop) {
            must(pool.set_workers(1 + random() % 6));
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 500));
        }
    });
    std::minstd_rand random(2);
    const auto end = std::chrono::steady_clock::now() + std::max<std::chrono::milliseconds>(1s, test::soak_time());
    while (std::chrono::steady_clock::now() < end) {
        std::vector<thread::JoinHandle<void>> batch;
        for (int i = 0; i < 50; ++i) {
            ++started;
            const auto kind = random() % 8;
            batch.push_back(must(pool.spawn(
                [&, kind] {
                    switch (kind) {
                        case 0: must(thread::sleep(100us)); break;
                        case 1: (void)must(thread::park_for(200us)); break;
                        case 2: {
                            const thread::Pinned here;
                            thread::yield_now();
                            must(thread::sleep(50us));
                            break;
                        }
                        case 3:
                            must(thread::spawn([] { thread::yield_now(); }, {.pin = green::Pin::Here})).join();
                            break;
                        case 4: must(thread::spawn([] { thread::yield_now(); }, {.run_now = true})).join(); break;
                        case 5: must(thread::spawn([] {}, {.stack_size = 64 * 1024})).join(); break;
                        default:
                            for (unsigned j = 0; j < kind; ++j) {
                                thread::yield_now();
                            }
                    }
                    ++ended;
                },
                {.pin = random() % 100 == 0 ? green::Pin::Own : green::Pin::None})));
        }
        for (auto& handle : batch) {
            std::move(handle).join();
        }
    }
    stop = true;
    resizer.join();
    CHECK(ended == started);
    std::move(pool).shutdown();
}
