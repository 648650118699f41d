// SPDX-License-Identifier: MIT
//
// Bugs that were reported against green-rs and its ancestors, so that they do not come back. A tag has the number of
// the row in the table that collects the reports (4A). Here: lost and early wake-ups, and destructors. Costs that are
// counted are in regressions_costs.cpp (1, 2, 3, 38, 39, 50) and regressions_loop.cpp (2), messages in
// regressions_errors.cpp (35, 36, 41, 42).
//
// Other rows that concern tasks are tested elsewhere: 6 green_rs.cpp (no_missed_messages); 7 pool.cpp (a pool without
// tasks); 9 workers.cpp (a worker for pinned tasks), work_stealing.cpp; 33 green_rs.cpp (dont_starve), fairness.cpp; 34
// stack.cpp, stack_pool.cpp, as far as green reports bounds; 40 conformance/thread/scope.cpp; 44 green_rs_task.cpp
// (spawn_inherits); 47 stress.cpp; 48 pool.cpp (a child of fork). Rows outside the core: 4, 16, 18 to 20, 30, 46, 51 to
// 53 sockets; 12, 26, 27, 32 locks and channels; 13, 28 the event loop; 14, 21, 22 terminals; 17 in part timers; 23 to
// 25 and 31 signals and processes; 29 and 49 files; 37 Windows; 45 and 54 builds.
#include <libgreen/stealing.hpp>
#include <support/green.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pin;
using green::Pool;
using test::eventually;
using test::must;
using test::pool_of;
namespace thread = green::thread;

TEST_CASE("a task that is woken before it is off its stack resumes once, and sees its waker's writes", "[seed:4A.5]") {
    constexpr int rounds = test::is_slow ? 2'000 : 200'000;
    auto pool = pool_of(2);
    auto body = must(pool.spawn([] {
        int ball = 0;  // not atomic: only the task whose turn it is uses it
        const auto first = thread::current();
        auto second = must(thread::spawn([&] {
            int wrong = 0;
            for (int round = 0; round < rounds; ++round) {
                thread::park();
                wrong += ball == 2 * round + 1 ? 0 : 1;
                ++ball;
                first.unpark();
            }
            return wrong;
        }));
        int wrong = 0;
        for (int round = 0; round < rounds; ++round) {
            ++ball;
            second.thread().unpark();
            thread::park();  // the other may answer before this one sleeps
            wrong += ball == 2 * round + 2 ? 0 : 1;
        }
        return wrong + std::move(second).join();
    }));
    CHECK(std::move(body).join() == 0);
}

TEST_CASE("the only worker yields, becomes idle, and is woken again", "[seed:4A.8]") {
    auto pool = pool_of(1);
    for (int round = 0; round < (test::is_slow ? 50 : 1'000); ++round) {
        const auto before = pool.metrics().parks;
        auto yields = must(pool.spawn([] {
            for (int i = 0; i < 5; ++i) {
                thread::yield_now();
            }
            thread::park();
            thread::yield_now();
        }));
        REQUIRE(eventually([&] { return pool.metrics().parks > before; }));
        yields.thread().unpark();
        std::move(yields).join();
    }
}

TEST_CASE("a carrier may wake very many tasks between two tasks, and a host between two pumps", "[seed:4A.10]") {
    constexpr int many = test::is_slow ? 2'000 : 20'000;
    auto pool = must(Pool::start_hosted({.workers = 1, .stack_size = 16 * 1024}));
    std::atomic<int> woken{0};
    std::vector<thread::JoinHandle<void>> sleepers;
    const auto deadline = weld::time::deadline_after(20ms);
    for (int i = 0; i < many; ++i) {
        sleepers.push_back(must(pool.spawn([&] {
            must(thread::sleep_until(deadline));  // all timers in one turn, more than a ring holds
            thread::park();
            ++woken;
        })));
    }
    const auto all_wait = [&] { return pool.metrics().switches >= 2 * static_cast<std::uint64_t>(many); };
    REQUIRE(eventually([&] { return pool.pump(1ms) && all_wait(); }));
    CHECK(woken == 0);
    for (int again = 0; again < 10; ++again) {
        for (const auto& sleeper : sleepers) {
            sleeper.thread().unpark();
        }
    }
    CHECK(eventually([&] { return pool.pump(1ms) && woken == many; }));
}

TEST_CASE("a pinned task may hold a native lock while it parks, and other threads may block on it", "[seed:4A.11]") {
    constexpr int rounds = test::is_slow ? 100 : 1'000;
    auto pool = pool_of(2);
    std::mutex mutex;
    int guarded = 0;
    auto holds = must(pool.spawn(
        [&] {
            for (int round = 0; round < rounds; ++round) {
                const std::lock_guard lock(mutex);
                const int before = guarded;
                thread::yield_now();
                // Both other workers may be waiting for the lock, so the task that wakes this one runs here.
                (void)must(thread::spawn([self = thread::current()] { self.unpark(); }, {.pin = Pin::Here}));
                thread::park();
                guarded = before + 1;
            }
        },
        {.pin = Pin::Own}));
    std::vector<thread::JoinHandle<void>> others;
    for (int i = 0; i < 2; ++i) {
        others.push_back(must(pool.spawn([&] {
            for (int round = 0; round < rounds; ++round) {
                {
                    const std::lock_guard lock(mutex);
                    ++guarded;
                }
                thread::yield_now();
            }
        })));
    }
    std::move(holds).join();
    for (auto& other : others) {
        std::move(other).join();
    }
    CHECK(guarded == 3 * rounds);
}

namespace {

/// Counts its live objects.
struct Counted {
    static inline std::atomic<int> alive{0};
    Counted() { ++alive; }
    Counted(const Counted& /*other*/) { ++alive; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --alive; }
};

}  // namespace

TEST_CASE("closures, results, exceptions and task-locals are destroyed however their task ends", "[seed:4A.15]") {
    static const thread::Local<Counted> local;
    struct Failure : Counted {};
    Counted::alive = 0;
    auto pool = must(Pool::start({.workers = 2, .on_uncaught = [](std::string_view, std::exception_ptr) noexcept {}}));
    must(pool.spawn([] {
        for (int i = 0; i < 200; ++i) {
            const Counted captured;
            must(thread::spawn([captured] { return captured; })).join();
            (void)must(thread::spawn([captured] { return std::make_unique<Counted>(); }));  // its result is never taken
            (void)must(thread::spawn([captured] { throw Failure(); }));
            auto throws = must(thread::spawn([captured] { throw Failure(); }, {.run_now = true}));
            try {
                std::move(throws).join();
            } catch (const Failure&) {
            }
            thread::scope([&](thread::Scope& scope) {
                (void)must(scope.spawn([captured] {
                    thread::yield_now();
                    return captured;
                }));
            });
            (void)must(thread::spawn([captured] { (void)local.get(); }, {.pin = Pin::Here}));
            (void)thread::spawn([captured] {}, {.name = std::string_view("\0", 1)});  // refused
        }
    })).join();
    std::move(pool).shutdown();
    CHECK(Counted::alive == 0);
}

namespace {

/// Its destructor does what a task may do, and among that resumes on another thread.
class BusyAtEnd {
public:
    /// The destructor wakes `waiting` at its end, if all went well.
    explicit BusyAtEnd(thread::Thread waiting) : waiting_(std::move(waiting)) {}
    BusyAtEnd(BusyAtEnd&& other) noexcept : waiting_(std::exchange(other.waiting_, std::nullopt)) {}
    ~BusyAtEnd() {
        if (!waiting_) {
            return;
        }
        thread::yield_now();
        must(thread::spawn([self = thread::current()] { self.unpark(); })).join();
        thread::park();
        must(thread::sleep(20us));
        if (green::workers() == 1 || test::is_stolen()) {
            waiting_->unpark();
        }
    }

private:
    std::optional<thread::Thread> waiting_;
};

constexpr int ends = test::is_slow ? 20 : 200;

/// Calls `spawn(self)` again and again; each makes a task that runs such a destructor. Returns how many were run.
template <class Spawn>
int ends_of(std::size_t workers, Spawn spawn) {
    const auto pool = pool_of(workers);
    return must(pool.spawn([&] {
               int ended = 0;
               do {
                   spawn(thread::current());
               } while (must(thread::park_for(10s)) && ++ended < ends);
               return ended;
           }))
        .join();
}

thread::Local<std::optional<BusyAtEnd>> local_end;

}  // namespace

TEST_CASE("destructors of closures and task-locals may spawn, wake and park", "[seed:4A.17]") {
    for (const std::size_t workers : {1U, 2U, 4U}) {
        INFO("workers: " << workers);
        CHECK(ends_of(workers, [](const thread::Thread& self) {
                  (void)must(thread::spawn([busy = BusyAtEnd(self)] { (void)busy; }));
              }) == ends);
        CHECK(ends_of(workers, [](const thread::Thread& self) {
                  (void)must(thread::spawn([self] { local_end.get().emplace(self); }));
              }) == ends);
    }
}

TEST_CASE("the destructor of a result that nobody takes may spawn, wake and park", "[seed:4A.17]") {
    for (const std::size_t workers : {1U, 2U, 4U}) {
        INFO("workers: " << workers);
        const auto end = test::in_child([&] {  // a failure may crash it
            return ends_of(workers,
                           [](const thread::Thread& self) {
                               (void)must(thread::spawn([self] { return BusyAtEnd(self); }));
                           }) == ends
                       ? 0
                       : 1;
        });
        INFO(end.said);
        INFO("status " << end.status);
        CHECK(end.exited_with(0));
    }
}

TEST_CASE("a task that resumes on another thread has its task-locals, and nothing of the former thread",
          "[seed:4A.43]") {
    static const thread::Local<int> local;
    auto pool = pool_of(2);
    auto moves = must(pool.spawn([] {
        const int* place = &local.get();
        for (int round = 1; round <= 20; ++round) {
            local.get() = round;
            if (!test::is_stolen() || local.get() != round || &local.get() != place) {
                return false;
            }
        }
        return true;
    }));
    CHECK(std::move(moves).join());
}
