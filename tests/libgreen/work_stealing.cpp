// SPDX-License-Identifier: MIT
//
// Photon's WorkStealing tests, each with its name there as a tag.
//
// A task that stays in user code holds its worker. So queued tasks that run meanwhile were stolen, and tasks that must
// not be stolen have not run when it ends, however often others looked for work. Photon's flags are pins here: a thread
// without THREAD_ENABLE_WORK_STEALING has Pin::Here; a vCPU that is not stolen from, or does not steal, is the worker
// of a task with Pin::Own; pause_work_stealing is a Pinned scope.
#include <libgreen/stealing.hpp>
#include <support/green.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pin;
using green::Pool;
using test::eventually;
using test::Hold;
using test::is_stolen;
using test::let_look;
using test::must;
using test::pool_without_spares;
namespace thread = green::thread;

namespace {

/// Joins all; whether each returned true.
bool join_all(std::vector<thread::JoinHandle<bool>>& handles) {
    bool all = true;
    for (auto& handle : handles) {
        all = std::move(handle).join() && all;
    }
    return all;
}

/// Whether tasks pinned to the worker of a task with `pin` wait there while others look for work, and then run there.
bool pinned_ones_stay(Pin pin) {
    auto pool = pool_without_spares(2);
    std::atomic<int> ran{0};
    std::atomic<bool> queued{false}, looked{false};
    auto holds = must(pool.spawn(
        [&] {
            const pid_t here = ::gettid();
            std::vector<thread::JoinHandle<bool>> behind;
            for (int i = 0; i < 20; ++i) {
                behind.push_back(must(thread::spawn(
                    [&, here] {
                        ++ran;
                        thread::yield_now();
                        return ::gettid() == here;
                    },
                    {.pin = Pin::Here})));
            }
            queued = true;
            const bool none_ran = eventually([&] { return looked.load(); }) && ran == 0;
            return join_all(behind) && none_ran;
        },
        {.pin = pin}));
    const bool held = eventually([&] { return queued.load(); });
    let_look(pool);
    looked = true;
    return std::move(holds).join() && held && ran == 20;
}

}  // namespace

TEST_CASE("an idle worker steals a task from a worker that is busy", "[photon:basic]") {
    auto pool = pool_without_spares(2);
    auto holds = must(pool.spawn([] {
        const pid_t here = ::gettid();
        std::atomic<pid_t> there{0};
        auto behind = must(thread::spawn([&] { there = ::gettid(); }));
        const bool ran = eventually([&] { return there != 0; });
        std::move(behind).join();
        return ran && there != here;
    }));
    CHECK(std::move(holds).join());
    CHECK(pool.metrics().steals >= 1);
}

TEST_CASE("idle workers steal all queued tasks, also those behind a full ring", "[photon:steal_from_runq]") {
    constexpr int tasks = 600;
    auto pool = pool_without_spares(2);
    auto holds = must(pool.spawn([] {
        const pid_t here = ::gettid();
        std::atomic<int> ran{0};
        std::vector<thread::JoinHandle<bool>> behind;
        for (int i = 0; i < tasks; ++i) {
            behind.push_back(must(thread::spawn([&, here] {
                ++ran;
                return ::gettid() != here;
            })));
        }
        const bool all_ran = eventually([&] { return ran == tasks; });
        return join_all(behind) && all_ran;
    }));
    CHECK(std::move(holds).join());
}

TEST_CASE("three workers steal from one at the same time", "[photon:multiple_stealers]") {
    // Three tasks that end when all of them run at once, so each runs on a thread of its own.
    constexpr int thieves = 3;
    auto pool = pool_without_spares(thieves + 1);
    auto holds = must(pool.spawn([] {
        std::atomic<int> there{0};
        std::vector<thread::JoinHandle<pid_t>> behind;
        for (int i = 0; i < thieves; ++i) {
            behind.push_back(must(thread::spawn([&] {
                ++there;
                return eventually([&] { return there == thieves; }) ? ::gettid() : 0;
            })));
        }
        const bool met = eventually([&] { return there == thieves; });
        std::set<pid_t> threads{::gettid()};
        for (auto& handle : behind) {
            threads.insert(std::move(handle).join());
        }
        return met && threads.size() == thieves + 1 && !threads.contains(0);
    }));
    CHECK(std::move(holds).join());
    std::array<green::WorkerMetrics, thieves + 1> each;
    REQUIRE(pool.worker_metrics(each) == each.size());
    CHECK(std::ranges::count_if(each, [](const auto& worker) { return worker.steals != 0; }) >= thieves);
}

TEST_CASE("tasks pinned to a Pin::Own worker stay", "[photon:no_steal_without_passive_flag]") {
    CHECK(pinned_ones_stay(Pin::Own));
}

TEST_CASE("Pin::Here tasks are not stolen", "[photon:no_steal_without_thread_flag]") {
    CHECK(pinned_ones_stay(Pin::None));
}

TEST_CASE("the worker of a task with Pin::Own does not steal", "[photon:no_steal_without_active_flag]") {
    auto pool = pool_without_spares(1);
    std::atomic<int> turns{0};
    std::atomic<bool> stop{false};
    auto idle = must(pool.spawn(
        [&] {
            while (!stop) {
                thread::park();
                ++turns;
            }
        },
        {.pin = Pin::Own}));
    auto holds = must(pool.spawn([&, idle = idle.thread()] {
        std::atomic<int> ran{0};
        std::vector<thread::JoinHandle<bool>> behind;
        for (int i = 0; i < 20; ++i) {
            behind.push_back(must(thread::spawn([&] { return ++ran > 0; })));
        }
        // Before the idle task's worker sleeps again, it looks for work.
        for (int turn = 1; turn <= 20; ++turn) {
            idle.unpark();
            if (!eventually([&] { return turns >= turn; })) {
                return false;
            }
        }
        const bool none_ran = ran == 0;
        return join_all(behind) && none_ran;
    }));
    CHECK(std::move(holds).join());
    stop = true;
    idle.thread().unpark();
    std::move(idle).join();
    CHECK(pool.metrics().steals == 0);
}

TEST_CASE("a task in a Pinned scope is not stolen, and after it is", "[photon:pause]") {
    auto pool = pool_without_spares(2);
    Hold hold;
    auto pauses = must(pool.spawn([&] {
        std::optional<thread::Pinned> pause(std::in_place);
        const bool stayed = hold.stays();
        pause.reset();
        return is_stolen() && stayed;
    }));
    CHECK(hold.let_look_in_vain(pool));
    CHECK(std::move(pauses).join());
}

TEST_CASE("nested Pinned scopes keep a task from being stolen until the outer one ends", "[photon:scoped_pause]") {
    auto pool = pool_without_spares(2);
    Hold within;
    Hold after_inner;
    auto pauses = must(pool.spawn([&] {
        bool stayed = true;
        {
            const thread::Pinned outer;
            {
                const thread::Pinned inner;
                stayed = within.stays();
            }
            stayed = after_inner.stays() && stayed;
        }
        return is_stolen() && stayed;
    }));
    CHECK(within.let_look_in_vain(pool));
    CHECK(after_inner.let_look_in_vain(pool));
    CHECK(std::move(pauses).join());
}

TEST_CASE("parked and sleeping tasks are not stolen", "[photon:sleeping_thread_not_stolen]") {
    auto pool = pool_without_spares(1);
    std::atomic<int> asleep{0}, woken{0};
    std::atomic<bool> stop{false};
    std::vector<thread::JoinHandle<bool>> sleepers;
    for (int i = 0; i < 100; ++i) {
        sleepers.push_back(must(pool.spawn([&, i] {
            ++asleep;
            if (i % 2 == 0) {
                thread::park();
            } else if (!must(thread::park_for(1h))) {
                return false;
            }
            return ++woken > 0;
        })));
    }
    auto holder = must(pool.spawn([&] {
        while (asleep != 100) {
            thread::yield_now();
        }
        asleep = 101;  // and the only worker is held
        return eventually([&] { return stop.load(); });
    }));
    REQUIRE(eventually([&] { return asleep == 101; }));
    must(pool.set_workers(2));
    let_look(pool);
    CHECK(pool.metrics().steals == 0);
    CHECK(woken == 0);
    // A native thread wakes them: they are in no worker's queue, and do not wait for the worker that they slept on.
    for (const auto& sleeper : sleepers) {
        sleeper.thread().unpark();
    }
    CHECK(eventually([&] { return woken == 100; }));
    stop = true;
    CHECK(std::move(holder).join());
    CHECK(join_all(sleepers));
}

TEST_CASE("pinned tasks that are woken are not stolen", "[photon:interrupted_sleeper_not_stolen_from_standbyq]") {
    auto pool = pool_without_spares(2);
    std::atomic<int> asleep{0}, woken{0};
    std::atomic<bool> looked{false};
    std::vector<thread::JoinHandle<bool>> sleepers;
    auto holds = must(pool.spawn([&] {
        const thread::Pinned here;
        for (int i = 0; i < 20; ++i) {
            sleepers.push_back(must(thread::spawn(
                [&, home = ::gettid()] {
                    ++asleep;
                    thread::park();
                    ++woken;
                    return ::gettid() == home;
                },
                {.pin = Pin::Here})));
        }
        while (asleep != 20) {
            thread::yield_now();
        }
        asleep = 21;  // and the worker is held
        return eventually([&] { return looked.load(); }) && woken == 0;
    }));
    REQUIRE(eventually([&] { return asleep == 21; }));
    for (const auto& sleeper : sleepers) {
        sleeper.thread().unpark();
    }
    let_look(pool);
    looked = true;
    CHECK(std::move(holds).join());
    CHECK(join_all(sleepers));
}

TEST_CASE("a task that was stolen can be stolen again", "[photon:migrated_thread_in_standbyq_can_be_stolen]") {
    auto pool = pool_without_spares(2);
    auto moves = must(pool.spawn([] {
        int stolen = 0;
        while (stolen < 20 && is_stolen()) {
            ++stolen;
        }
        return stolen;
    }));
    CHECK(std::move(moves).join() == 20);
    CHECK(pool.metrics().steals >= 20);
}

TEST_CASE("of pinned and other tasks in one queue only the others are stolen", "[photon:mixed_stealable]") {
    auto pool = pool_without_spares(2);
    auto holds = must(pool.spawn([] {
        const pid_t here = ::gettid();
        std::atomic<int> anywhere{0}, pinned{0};
        std::vector<thread::JoinHandle<bool>> behind;
        for (int i = 0; i < 40; ++i) {
            const bool pin = i % 2 == 0;
            behind.push_back(must(thread::spawn(
                [&, here, pin] {
                    ++(pin ? pinned : anywhere);
                    return (::gettid() == here) == pin;
                },
                {.pin = pin ? Pin::Here : Pin::None})));
        }
        const bool stolen = eventually([&] { return anywhere == 20; }) && pinned == 0;
        return join_all(behind) && stolen && pinned == 20;
    }));
    CHECK(std::move(holds).join());
}

TEST_CASE("a task is stolen before its first run, after a wait and after a pin", "[photon:full_lifecycle]") {
    // It is stolen before it first runs, while runnable, after a park, a sleep, a Pinned scope; so is its child.
    auto pool = pool_without_spares(2);
    auto spawner = must(pool.spawn([] {
        std::atomic<bool> began{false};
        auto lives = must(thread::spawn([&, here = ::gettid()] {
            bool right = ::gettid() != here;
            began = true;
            thread::park();
            right = is_stolen() && right;
            must(thread::sleep(100us));
            right = is_stolen() && right;
            std::optional<thread::Pinned> pause(std::in_place);
            thread::yield_now();
            pause.reset();
            return is_stolen() && must(thread::spawn(&is_stolen)).join() && right;
        }));
        const bool was_stolen = eventually([&] { return began.load(); });
        lives.thread().unpark();
        return std::move(lives).join() && was_stolen;
    }));
    CHECK(std::move(spawner).join());
    CHECK(eventually([&] { return pool.metrics().tasks == 0; }));
    CHECK(pool.metrics().spawned == pool.metrics().finished);
}

TEST_CASE("three thieves steal hundreds of tasks, and each task runs once", "[photon:stress_multiple_stealers]") {
    constexpr int rounds = test::is_slow ? 5 : 300;
    constexpr std::size_t tasks = 400;
    auto pool = pool_without_spares(4);
    for (int round = 0; round < rounds; ++round) {
        auto holds = must(pool.spawn([] {
            std::vector<std::atomic<int>> times(tasks);
            std::atomic<std::size_t> ran{0};
            std::vector<thread::JoinHandle<bool>> behind;
            for (auto& mine : times) {
                behind.push_back(must(thread::spawn([&] {
                    const bool first = ++mine == 1;
                    thread::yield_now();
                    ++ran;
                    return first;
                })));
            }
            const bool all_ran = eventually([&] { return ran == tasks; });
            return join_all(behind) && all_ran;
        }));
        REQUIRE(std::move(holds).join());
    }
    CHECK(pool.metrics().steals >= static_cast<std::uint64_t>(rounds));
}

TEST_CASE("tasks are stolen while workers are added and removed", "[photon:vcpu_churn_with_active_stealer]") {
    auto pool = pool_without_spares(2);
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> batches{0};
    auto producer = must(pool.spawn([&] {
        bool right = true;
        for (; !stop; ++batches) {
            std::vector<thread::JoinHandle<bool>> batch;
            for (int i = 0; i < 20; ++i) {
                batch.push_back(must(thread::spawn([] {
                    thread::yield_now();
                    return true;
                })));
            }
            right = join_all(batch) && right;
        }
        return right;
    }));
    bool right = true;
    for (std::size_t round = 0; round < (test::is_slow ? 20 : 500); ++round) {
        const std::size_t workers = 1 + round * 3 % 5;
        must(pool.set_workers(workers));
        const std::uint64_t before = batches;
        right = right && pool.workers() == workers && eventually([&] { return batches >= before + 2; });
    }
    stop = true;
    CHECK(std::move(producer).join());
    CHECK(right);
}
