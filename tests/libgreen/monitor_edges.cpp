// SPDX-License-Identifier: MIT
//
// Edge cases of the monitor.
#include <libgreen/gate.hpp>
#include <libgreen/said.hpp>
#include <support/green.hpp>

#include <green/blocking.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using green::Pool;
using test::eventually;
using test::Gate;
using test::must;
namespace thread = green::thread;

namespace {

/// The number of threads of this process that run or are runnable.
int runnable_threads() {
    int count = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream stat(task.path() / "stat");
        std::string line;
        std::getline(stat, line);
        const auto end = line.rfind(") ");
        count += end != std::string::npos && line[end + 2] == 'R' ? 1 : 0;
    }
    return count;
}

void compute(std::chrono::milliseconds time) {
    timespec start{};
    (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    for (timespec now = start;
         (now.tv_sec - start.tv_sec) * 1'000'000'000 + now.tv_nsec - start.tv_nsec < time.count() * 1'000'000;) {
        (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    }
}

std::atomic<int> told{0};
std::atomic<std::size_t> calls_told{0};

void count_told(const green::Stuck& stuck) noexcept {
    ++told;
    calls_told = stuck.backtrace.size();
}

struct SlowToEnd {
    ~SlowToEnd() {
        if (slow) {
            std::this_thread::sleep_for(1s);
        }
    }
    bool slow = false;
};
thread_local SlowToEnd slow_to_end;

}  // namespace

#if TEST_THREAD_SANITIZER != 1 && TEST_ADDRESS_SANITIZER != 1  // they do not know that stack

namespace {

ucontext_t fiber_context;
ucontext_t task_context;
Gate* gate_of_fiber = nullptr;

}  // namespace

TEST_CASE("a task that blocks on a stack it made itself is reported without a backtrace") {
    Gate gate;
    gate_of_fiber = &gate;
    told = 0;
    calls_told = 99;
    must(green::run({.workers = 1, .on_stuck = &count_told}, [] {
        auto stuck = must(thread::spawn([] {
            std::vector<std::byte> stack(64 * 1024);
            (void)::getcontext(&fiber_context);
            fiber_context.uc_stack.ss_sp = stack.data();
            fiber_context.uc_stack.ss_size = stack.size();
            fiber_context.uc_link = &task_context;
            ::makecontext(&fiber_context, [] { gate_of_fiber->wait(); }, 0);
            (void)::swapcontext(&task_context, &fiber_context);
        }));
        must(thread::spawn([] {})).join();
        CHECK(eventually([] { return told == 1; }));
        gate_of_fiber->open();
        std::move(stuck).join();
    }));
    CHECK(calls_told == 0);
}

#endif

TEST_CASE("a pinned task that lost its worker resumes when the host has the only worker left") {
    auto pool = must(Pool::start_hosted({.workers = 1}));
    must(pool.set_workers(2));
    Gate gate;
    std::atomic<bool> blocks{false};
    const pid_t host = ::gettid();
    auto pinned = must(pool.spawn([&] {
        while (::gettid() == host) {
            thread::yield_now();
        }
        const thread::Pinned here;
        const pid_t before = ::gettid();
        green::blocking([&] {
            blocks = true;
            gate.wait();
        });
        thread::yield_now();
        return ::gettid() == before;
    }));
    CHECK(eventually([&] {
        (void)pool.pump(0s);
        return blocks.load();
    }));
    must(pool.set_workers(1));
    std::this_thread::sleep_for(20ms);
    gate.open();
    CHECK(eventually([&] {
        (void)pool.pump(1ms);
        return pinned.is_finished();
    }));
    CHECK(std::move(pinned).join());
}

TEST_CASE("the largest number of spare carriers is no limit") {
    Gate gate;
    must(green::run({.workers = 1, .spare_carriers = SIZE_MAX}, [&] {
        auto other = must(thread::spawn([&] { gate.open(); }));
        gate.wait();
        green::blocking([] {});
        std::move(other).join();
        CHECK(green::metrics().handoffs >= 1);
    }));
}

TEST_CASE("a line names the tasks that hold all carriers and wait for a parked task's lock") {
    const auto said = test::said_until("\n", [] {
        std::mutex mutex;
        (void)green::run({.workers = 1, .spare_carriers = 2}, [&] {
            const auto holder = thread::current();
            std::vector<thread::JoinHandle<void>> tasks;
            for (const char* name : {"first", "second", "third"}) {
                tasks.push_back(must(thread::spawn(
                    [&] {
                        const std::lock_guard lock(mutex);
                        holder.unpark();
                    },
                    {.name = name})));
            }
            const std::lock_guard lock(mutex);
            thread::park();
        });
    });
    INFO(said);
    CHECK(said.find("green: tasks that block use all 2 spare carriers and all workers, so no task can run until one of "
                    "them returns; the longest: 'first' (") == 0);
    CHECK(said.find(" ms), 'second' (") != std::string::npos);
    CHECK(said.find("other tasks wait") == std::string::npos);
}

TEST_CASE("the monitor reports no limit while its only spare carrier suffices") {
    const auto end = test::in_child([] {
        Gate gate;
        must(green::run({.workers = 1, .spare_carriers = 1}, [&] {
            auto other = must(thread::spawn([&] { gate.open(); }));
            gate.wait();
            std::move(other).join();
        }));
        return 0;
    });
    CHECK(end.exited_with(0));
    CHECK(end.said.empty());
}

TEST_CASE("tasks that compute and spawn take one more carrier for each worker") {
    std::atomic<bool> stop{false};
    std::atomic<int> most{0};
    must(green::run({.workers = 1}, [&] {
        std::vector<thread::JoinHandle<void>> handles;
        for (int i = 0; i < 10; ++i) {
            handles.push_back(must(thread::spawn([&] {
                for (int part = 0; part < (test::is_slow ? 2 : 6) && !stop; ++part) {
                    compute(12ms);
                    must(thread::spawn([] {})).thread().unpark();  // enters the runtime and leaves it
                }
            })));
        }
        std::thread looks([&] {
            while (!stop) {
                most = std::max(most.load(), runnable_threads());
                std::this_thread::sleep_for(2ms);
            }
        });
        for (auto& handle : handles) {
            std::move(handle).join();
        }
        stop = true;
        looks.join();
    }));
    CHECK(most <= 5);  // two with tasks, this one, the monitor, and one between two states
}

TEST_CASE("a task that blocks is sent no signal when no descriptor is left to read its state") {
    const auto end = test::in_child([] {
        int result = -1;
        const rlimit none{.rlim_cur = 0, .rlim_max = 0};
        if (::setrlimit(RLIMIT_NOFILE, &none) != 0) {
            return 2;
        }
        told = 0;
        must(green::run({.workers = 1, .on_stuck = &count_told}, [&] {
            auto other = must(thread::spawn([] {}));
            const timespec time{.tv_sec = 0, .tv_nsec = 100'000'000};
            result = ::nanosleep(&time, nullptr);
            std::move(other).join();
        }));
        return result == 0 && told == 1 ? 0 : 1;
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

TEST_CASE("a thread_local with a slow destructor keeps no task waiting") {
    const auto pool = test::pool_of(1);
    Gate first;
    std::vector<thread::JoinHandle<void>> handles;
    for (int i = 0; i < 3; ++i) {
        handles.push_back(must(pool.spawn([&] {
            slow_to_end.slow = true;
            first.wait();
        })));
    }
    CHECK(eventually([&] { return pool.metrics().carriers >= 3; }));
    first.open();
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    CHECK(eventually([&] { return pool.metrics().carriers <= 2; }));  // while one thread's destructor still runs
    Gate second;
    const auto start = std::chrono::steady_clock::now();
    auto blocks = must(pool.spawn([&] { second.wait(); }));
    must(pool.spawn([&] { second.open(); })).join();
    std::move(blocks).join();
    CHECK(std::chrono::steady_clock::now() - start < 500ms);
}

TEST_CASE("the end of blocking in a child of fork ends the process with a message") {
    const auto end = test::in_child([] {
        int status = 0;
        must(green::run({.workers = 1}, [&] {
            pid_t child = 0;
            green::blocking([&] {
                child = ::fork();
                if (child != 0) {
                    (void)::waitpid(child, &status, 0);
                }
            });
        }));
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    });
    CHECK(end.exited_with(SIGABRT));
    CHECK(end.said.find("green::blocking in a child of fork(2)") != std::string::npos);
}

TEST_CASE("the monitor blocks all signals, and its spare carriers have the signal mask that the runtime began with") {
    const auto end = test::in_child([] {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        (void)::pthread_sigmask(SIG_BLOCK, &set, nullptr);
        return must(green::run({.workers = 1}, [&] {
            auto other = must(thread::spawn([] {
                sigset_t now;
                (void)::pthread_sigmask(SIG_BLOCK, nullptr, &now);
                const bool as_begun = sigismember(&now, SIGTERM) == 1 && sigismember(&now, SIGINT) == 0;
                (void)::kill(::getpid(), SIGTERM);
                return as_begun;
            }));
            int signal = 0;
            (void)::sigwait(&set, &signal);  // the other task runs on a spare carrier
            return signal == SIGTERM && std::move(other).join() ? 0 : 1;
        }));
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

TEST_CASE("shutdown from on_stuck ends the process with a message") {
    static std::optional<Pool> pool;
    const auto end = test::in_child([] {
        Gate never;
        pool.emplace(must(Pool::start({.workers = 1, .on_stuck = [](const green::Stuck&) noexcept {
                                           (void)pool->shutdown_until(std::chrono::steady_clock::now());
                                           pool.reset();
                                       }})));
        (void)must(pool->spawn([&] { std::this_thread::sleep_for(100ms); }));
        (void)must(pool->spawn([] {}));
        never.wait();
        return 0;
    });
    CHECK(end.died_of(SIGABRT));
    CHECK(end.said.find("a Pool was shut down by its own on_stuck") != std::string::npos);
}
