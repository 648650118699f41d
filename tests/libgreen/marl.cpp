// SPDX-License-Identifier: MIT
//
// The tests of marl's scheduler, events and stacks on one worker, two and four; a tag has the name of each test there.
//
// A wait for a marl::Event or a WaitGroup is a park here, and a thread bound to a scheduler is a task with Pin::Own.
// Not here: SchedulerConstructAndDestruct ("a pool without tasks ends", pool.cpp), SetAndGetWorkerThreadCount
// (workers.cpp), ScheduleSTWWithNoBind (a hosted pool, hosted_pool.cpp), blocking calls (offload.cpp); and tests of
// marl's condition variables, pools and events that stay signalled, which green does not have.
#include <support/words.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <unistd.h>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pin;
using green::Pool;
using test::eventually;
using test::must;
namespace thread = green::thread;

namespace {

constexpr int tasks = 1000;

/// Tasks wait at it until it is opened. It has to outlive them.
class Gate {
public:
    void wait() {
        {
            const std::lock_guard lock(mutex_);
            if (open_) {
                return;
            }
            waiting_.push_back(thread::current());
        }
        while (!open_) {
            thread::park();
        }
    }

    void open() {
        std::vector<thread::Thread> waiting;
        {
            const std::lock_guard lock(mutex_);
            open_ = true;
            waiting.swap(waiting_);
        }
        for (const auto& task : waiting) {
            task.unpark();
        }
    }

    [[nodiscard]] int waiting() {
        const std::lock_guard lock(mutex_);
        return static_cast<int>(waiting_.size());
    }

private:
    std::mutex mutex_;
    std::atomic<bool> open_{false};
    std::vector<thread::Thread> waiting_;
};

/// Calls `test(pool)` with pools of one worker, two and four.
template <class Test>
void with_workers(Test test) {
    for (const std::size_t workers : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
        INFO("workers: " << workers);
        test(must(Pool::start({.workers = workers})));
    }
}

/// How many of the tasks returned true.
int join_all(std::vector<thread::JoinHandle<bool>>& handles) {
    int right = 0;
    for (auto& handle : handles) {
        right += std::move(handle).join() ? 1 : 0;
    }
    return right;
}

}  // namespace

TEST_CASE("shutdown waits for tasks that have not begun", "[marl:DestructWithPendingTasks]") {
    with_workers([](Pool pool) {
        std::atomic<int> counter{0};
        for (int i = 0; i < tasks; ++i) {
            (void)must(pool.spawn([&] { ++counter; }));
        }
        (void)must(pool.spawn([&] {  // and from a task, which ends before them
            for (int i = 0; i < tasks; ++i) {
                (void)must(thread::spawn([&] { ++counter; }));
            }
        }));
        std::move(pool).shutdown();
        CHECK(counter == 2 * tasks);
    });
}

TEST_CASE("shutdown waits for parked tasks, which another task wakes", "[marl:DestructWithPendingFibers]") {
    for (const std::size_t workers : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
        INFO("workers: " << workers);
        const auto end = test::in_child([&] {  // a failure may crash it
            auto pool = must(Pool::start({.workers = workers}));
            std::atomic<int> counter{0};
            Gate gate;
            for (int i = 0; i < tasks; ++i) {
                (void)must(pool.spawn([&] {
                    gate.wait();
                    ++counter;
                }));
            }
            (void)must(pool.spawn([&] { gate.open(); }));
            std::move(pool).shutdown();
            return counter == tasks ? 0 : 1;
        });
        INFO(end.said);
        CHECK(end.exited_with(0));
    }
}

TEST_CASE("shutdown waits for parked tasks that are woken after it has begun", "[marl:DestructWithPendingFibers]") {
    with_workers([](Pool pool) {
        std::atomic<int> counter{0};
        Gate gate;
        std::vector<thread::JoinHandle<void>> handles;
        for (int i = 0; i < tasks; ++i) {
            handles.push_back(must(pool.spawn([&] {
                gate.wait();
                ++counter;
            })));
        }
        REQUIRE(eventually([&] { return gate.waiting() == tasks; }));
        CHECK_FALSE(pool.shutdown_until(weld::time::deadline_after(1ms)));
        CHECK(counter == 0);
        gate.open();
        std::move(pool).shutdown();
        CHECK(counter == tasks);
    });
}

TEST_CASE("a Thread keeps its name and id after its task has ended", "[marl:DestructWithPendingFibers]") {
    const auto end = test::in_child([] {  // a failure may crash it
        return *green::run({.workers = 1}, [] {
            std::optional<thread::Thread> known;
            (void)must(thread::spawn([&] { known = thread::current(); }, {.name = "first"}));
            thread::yield_now();  // it runs and ends
            auto next = must(thread::spawn([&] { known.reset(); }, {.name = "other"}));
            const bool is_known = known->name() == "first" && known->id() != next.thread().id();
            std::move(next).join();
            return is_known ? 0 : 1;
        });
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

TEST_CASE("a task in a Pinned scope resumes on its thread", "[marl:FibersResumeOnSameThread]") {
    with_workers([](const Pool& pool) {
        Gate fence;
        std::vector<thread::JoinHandle<bool>> handles;
        for (int i = 0; i < tasks; ++i) {
            handles.push_back(must(pool.spawn([&] {
                const thread::Pinned here;
                const pid_t before = ::gettid();
                fence.wait();
                return ::gettid() == before;
            })));
        }
        CHECK(eventually([&] { return fence.waiting() == tasks; }));
        fence.open();
        CHECK(join_all(handles) == tasks);
    });
}

TEST_CASE("a task with Pin::Own resumes on its own thread", "[marl:FibersResumeOnSameStdThread]") {
    with_workers([](const Pool& pool) {
        constexpr int bound = 20;
        Gate fence;
        std::vector<thread::JoinHandle<bool>> handles;
        for (int i = 0; i < bound; ++i) {
            handles.push_back(must(pool.spawn(
                [&] {
                    const pid_t before = ::gettid();
                    fence.wait();
                    return ::gettid() == before;
                },
                {.pin = Pin::Own})));
        }
        CHECK(eventually([&] { return fence.waiting() == bound; }));
        fence.open();
        CHECK(join_all(handles) == bound);
    });
}

TEST_CASE("tasks of a pool run on its worker threads only", "[marl:TasksOnlyScheduledOnWorkerThreads]") {
    auto pool = must(Pool::start({.workers = 8, .spare_carriers = 0}));  // a task may block on the mutex
    std::mutex mutex;
    std::set<pid_t> threads;
    for (int i = 0; i < (test::is_slow ? 1'000 : 10'000); ++i) {
        (void)must(pool.spawn([&] {
            const std::lock_guard lock(mutex);
            threads.insert(::gettid());
        }));
    }
    std::move(pool).shutdown();
    CHECK(threads.size() <= 8);
    CHECK_FALSE(threads.contains(::gettid()));
}

TEST_CASE("a native thread may spawn tasks that wait for each other, and join them", "[marl:ScheduleMTWWithNoBind]") {
    // A native thread spawns the tasks, and blocks until those that wait for others have finished.
    auto pool = must(Pool::start({.workers = 8}));
    std::array<Gate, 100> events;
    std::vector<thread::JoinHandle<void>> handles;
    for (Gate& event : events) {
        handles.push_back(must(pool.spawn([&] { event.wait(); })));
        (void)must(pool.spawn([&] { event.open(); }));
    }
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    std::move(pool).shutdown();
}

TEST_CASE("tasks that open each other's gates run in that order", "[marl:EventSequence]") {
    with_workers([](const Pool& pool) {
        std::string sequence;
        std::array<Gate, 4> gates;
        const auto spawn = [&](char name) {
            Gate& before = gates.at(static_cast<std::size_t>(name - 'A'));
            return must(pool.spawn([&sequence, &before, &after = *(&before + 1), name] {
                before.wait();
                sequence += name;
                after.open();
            }));
        };
        auto b = spawn('B');
        auto a = spawn('A');
        auto c = spawn('C');
        gates[0].open();
        std::move(a).join();
        std::move(b).join();
        std::move(c).join();
        CHECK(sequence == "ABC");
    });
}

TEST_CASE("unpark wakes exactly the task that it is called for", "[marl:EventAutoWait]") {
    with_workers([](const Pool& pool) {
        std::atomic<int> counter{0};
        std::vector<thread::JoinHandle<void>> handles;
        for (int i = 0; i < 3; ++i) {
            handles.push_back(must(pool.spawn([&] {
                thread::park();
                ++counter;
            })));
        }
        for (int i = 0; i < 3; ++i) {
            CHECK(counter == i);
            auto& handle = handles[static_cast<std::size_t>(i)];
            handle.thread().unpark();
            std::move(handle).join();
            CHECK(counter == i + 1);
        }
    });
}

TEST_CASE("park_for and park_until return true when the task is woken",
          "[marl:EventWaitForUnblocked][marl:EventWaitUntilUnblocked]") {
    with_workers([](const Pool& pool) {
        std::vector<thread::JoinHandle<bool>> handles;
        for (int i = 0; i < tasks; ++i) {
            handles.push_back(must(pool.spawn([i] {
                return must(i % 2 == 0 ? thread::park_for(1h) : thread::park_until(weld::time::deadline_after(1h)));
            })));
        }
        for (const auto& handle : handles) {
            handle.thread().unpark();
        }
        CHECK(join_all(handles) == tasks);
    });
}

TEST_CASE("park_for and park_until return false after the deadline, and no sooner",
          "[marl:EventWaitForTimeTaken][marl:EventWaitUntilTimeTaken]") {
    with_workers([](const Pool& pool) {
        std::vector<thread::JoinHandle<bool>> handles;
        for (int i = 0; i < tasks; ++i) {
            handles.push_back(must(pool.spawn([i] {
                const auto start = std::chrono::steady_clock::now();
                const bool woken = must(i % 2 == 0 ? thread::park_for(10ms) : thread::park_until(start + 10ms));
                return !woken && std::chrono::steady_clock::now() - start >= 10ms;
            })));
        }
        CHECK(join_all(handles) == tasks);
    });
}

TEST_CASE("a wake that races a deadline is lost by neither", "[marl:EventWaitStressTest]") {
    // Deadlines race wakes, with one wake for each wait: if the deadline was first, the next park takes the token.
    constexpr int rounds = test::is_slow ? 5 : 200;
    constexpr int waiters = 100;
    with_workers([](const Pool& pool) {
        auto body = must(pool.spawn([] {
            int right = 0;
            for (int round = 0; round < rounds; ++round) {
                std::vector<thread::JoinHandle<bool>> handles;
                for (int i = 0; i < waiters; ++i) {
                    handles.push_back(must(thread::spawn([i] {
                        if (!must(thread::park_for(std::chrono::microseconds(i)))) {
                            thread::park();
                        }
                        return !must(thread::park_until(weld::time::Instant()));  // there was one wake only
                    })));
                }
                thread::yield_now();
                for (const auto& handle : handles) {
                    handle.thread().unpark();
                }
                right += join_all(handles);
            }
            return right;
        }));
        CHECK(std::move(body).join() == rounds * waiters);
    });
}

namespace {

using Vector = float __attribute__((vector_size(16)));

/// Whether locals are where their types say, in a frame `depth` frames below the caller's.
[[gnu::noinline]] bool is_aligned(int depth) {
    const auto fits = [](const void* place, std::uintptr_t alignment) {
        asm volatile("" : "+r"(place));  // hides from the compiler what it knows by the type
        return reinterpret_cast<std::uintptr_t>(place) % alignment == 0;
    };
    volatile char odd = 'x';
    Vector vector{1, 2, 3, 4};
    alignas(32) std::array<char, 32> of_32;
    alignas(64) std::array<char, 64> of_64;
    alignas(4096) std::array<char, 4096> of_4096;
    thread::yield_now();
    const Vector sum = vector + vector;  // by an instruction that faults when unaligned
    std::array<char, 16> text;
    (void)std::snprintf(text.data(), text.size(), "%.1f", static_cast<double>(sum[3]));  // saves registers likewise
    return odd == 'x' && fits(&vector, 16) && fits(&of_32, 32) && fits(&of_64, 64) && fits(&of_4096, 4096) &&
           fits(__builtin_frame_address(0), 16) && std::string_view(text.data()) == "8.0" &&
           (depth == 0 || is_aligned(depth - 1));
}

}  // namespace

TEST_CASE("locals of a task have the alignment of their types", "[marl:OSFiber.StackAlignment]") {
    with_workers([](const Pool& pool) {
        std::vector<thread::JoinHandle<bool>> handles;
        for (int i = 0; i < 100; ++i) {
            handles.push_back(must(pool.spawn([i] { return is_aligned(i % 5); })));
        }
        struct alignas(256) Wide {
            char bytes[256];
        };
        handles.push_back(must(pool.spawn([wide = Wide{}] {  // in the task's own block
            const void* place = &wide;
            asm volatile("" : "+r"(place));
            return reinterpret_cast<std::uintptr_t>(place) % alignof(Wide) == 0;
        })));
        CHECK(join_all(handles) == 101);
    });
}
