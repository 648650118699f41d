// SPDX-License-Identifier: MIT
//
// The monitor: which tasks count as stuck, and that all other tasks run meanwhile. The benchmarks measure the times.
#include <libgreen/gate.hpp>
#include <support/green.hpp>

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pool;
using test::eventually;
using test::Gate;
using test::must;
namespace thread = green::thread;

namespace {

/// On one worker, runs `stays` in a task, which returns only after `let_go`, and then `let_go` in another task, which
/// can run only once the worker was taken. Returns how many workers were taken.
template <class Stays, class LetGo>
std::uint64_t handoffs_of(Stays stays, LetGo let_go) {
    return must(green::run({.workers = 1}, [&] {
        auto stuck = must(thread::spawn([&] { stays(); }));
        auto other = must(thread::spawn([&] { let_go(); }));
        std::move(stuck).join();
        std::move(other).join();
        return green::metrics().handoffs;
    }));
}

/// How often the monitor's thread went to sleep, by the kernel's count. Zero while there is no monitor.
std::uint64_t sleeps_of_monitor() {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string name;
        std::ifstream(task.path() / "comm") >> name;
        if (name != "green-monitor") {
            continue;
        }
        std::ifstream status(task.path() / "status");
        for (std::string word; status >> word;) {
            if (word == "voluntary_ctxt_switches:") {
                std::uint64_t count = 0;
                status >> count;
                return count;
            }
        }
    }
    return 0;
}

/// Whether the monitor falls into its deep sleep within ten seconds.
bool monitor_sleeps() {
    return eventually([] {
        const std::uint64_t before = sleeps_of_monitor();
        std::this_thread::sleep_for(50ms);
        return before != 0 && sleeps_of_monitor() == before;
    });
}

}  // namespace

// ---- what counts as stuck -----------------------------------------------------------------------------

TEST_CASE("a task in a system call that blocks loses its worker") {
    Gate gate;
    CHECK(handoffs_of([&] { gate.wait(); }, [&] { gate.open(); }) >= 1);
}

TEST_CASE("a task that waits for a lock on a file loses its worker") {
    const test::TempDir dir;
    const std::string path = dir / "locked";
    const int held = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    const int wanted = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE((held >= 0 && wanted >= 0 && ::flock(held, LOCK_EX) == 0));
    CHECK(handoffs_of([&] { (void)::flock(wanted, LOCK_EX); }, [&] { (void)::flock(held, LOCK_UN); }) >= 1);
    (void)::close(held);
    (void)::close(wanted);
}

TEST_CASE("a task in a page fault loses its worker") {
    constexpr int user_mode_only = 1;  // UFFD_USER_MODE_ONLY
    const auto faults = static_cast<int>(::syscall(SYS_userfaultfd, O_CLOEXEC | user_mode_only));
    if (faults < 0) {
        WARN("not tried: this kernel refuses userfaultfd");
        return;
    }
    uffdio_api api{};
    api.api = UFFD_API;
    void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uffdio_register range{};
    range.range.start = reinterpret_cast<std::uintptr_t>(page);
    range.range.len = 4096;
    range.mode = UFFDIO_REGISTER_MODE_MISSING;
    REQUIRE((page != MAP_FAILED && ::ioctl(faults, UFFDIO_API, &api) == 0 &&
             ::ioctl(faults, UFFDIO_REGISTER, &range) == 0));
    const auto resolve = [&] {
        uffdio_zeropage zero{};
        zero.range = range.range;
        (void)::ioctl(faults, UFFDIO_ZEROPAGE, &zero);
    };
    int found = 1;
    CHECK(handoffs_of([&] { found = *static_cast<volatile int*>(page); }, resolve) >= 1);
    CHECK(found == 0);
    (void)::munmap(page, 4096);
    (void)::close(faults);
}

TEST_CASE("a task in a long loop loses its worker") {
    std::atomic<bool> stop{false};
    CHECK(handoffs_of(
              [&] {
                  while (!stop) {
                  }
              },
              [&] { stop = true; }) >= 1);
}

TEST_CASE("a task that waits for another thread in a native call loses its worker") {
    std::binary_semaphore semaphore(0);
    CHECK(handoffs_of([&] { semaphore.acquire(); }, [&] { semaphore.release(); }) >= 1);
}

TEST_CASE("a task that blocks keeps its worker while nothing else waits") {
    const auto handoffs = must(green::run({.workers = 1}, [] {
        std::this_thread::sleep_for(100ms);
        return green::metrics().handoffs;
    }));
    CHECK(handoffs == 0);
}

TEST_CASE("tasks that yield keep their workers, however many others wait") {
    const auto handoffs = must(green::run({.workers = 2}, [] {
        std::vector<thread::JoinHandle<void>> handles;
        const auto end = std::chrono::steady_clock::now() + 300ms;
        for (int i = 0; i < 100; ++i) {
            handles.push_back(must(thread::spawn([&] {
                while (std::chrono::steady_clock::now() < end) {
                    thread::yield_now();
                }
            })));
        }
        for (auto& handle : handles) {
            std::move(handle).join();
        }
        return green::metrics().handoffs;
    }));
    // A few for threads that the kernel held up for 10 ms in the middle of a stretch; loops would take some sixty.
    CHECK(handoffs <= 3);
}

TEST_CASE("tasks that compute take one more carrier for each worker") {
    constexpr int tasks = test::is_slow ? 40 : 200;
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    const auto pool = must(Pool::start({.workers = 2}));
    std::vector<thread::JoinHandle<void>> handles;
    for (int i = 0; i < tasks; ++i) {
        handles.push_back(must(pool.spawn([&] {
            const int now = ++running;
            int seen = most;
            while (now > seen && !most.compare_exchange_weak(seen, now)) {
            }
            const auto end = std::chrono::steady_clock::now() + 15ms;
            while (std::chrono::steady_clock::now() < end) {
            }
            --running;
        })));
    }
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    CHECK(most <= 4);
}

TEST_CASE("tasks are not watched without spare carriers") {
    const auto metrics = must(green::run({.workers = 1, .spare_carriers = 0}, [] {
        bool ran = false;
        auto other = must(thread::spawn([&] { ran = true; }));
        std::this_thread::sleep_for(20ms);
        const bool waited = !ran;
        std::move(other).join();
        return std::pair(green::metrics(), waited);
    }));
    CHECK(metrics.second);
    CHECK(metrics.first.handoffs == 0);
    CHECK(metrics.first.carriers == 1);
}

TEST_CASE("a task that blocks loses its worker even when no descriptor is left to read thread states") {
    const auto end = test::in_child([] {
        Gate gate;
        const rlimit none{.rlim_cur = 0, .rlim_max = 0};
        if (::setrlimit(RLIMIT_NOFILE, &none) != 0) {
            return 2;
        }
        return handoffs_of([&] { gate.wait(); }, [&] { gate.open(); }) >= 1 ? 0 : 1;
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

// ---- many tasks at once -------------------------------------------------------------------------------

TEST_CASE("another task runs while a task blocks on each worker") {
    for (const int workers : {1, 2, 4}) {
        INFO("workers: " << workers);
        Gate gate;
        const auto pool = test::pool_of(static_cast<std::size_t>(workers));
        std::atomic<int> blocking{0};
        std::vector<thread::JoinHandle<void>> handles;
        for (int i = 0; i < workers; ++i) {
            handles.push_back(must(pool.spawn([&] {
                ++blocking;
                gate.wait();
            })));
        }
        CHECK(eventually([&] { return blocking == workers; }));
        must(pool.spawn([] {})).join();
        gate.open();
        for (auto& handle : handles) {
            std::move(handle).join();
        }
    }
}

TEST_CASE("at the limit of spare carriers tasks wait, a line names the blocked ones, and all finish") {
    constexpr int tasks = test::is_slow ? 200 : 10'000;
    for (const std::size_t spares :
         {std::size_t{8}, test::is_slow ? std::size_t{16} : green::Runtime().spare_carriers}) {
        INFO("spare carriers: " << spares);
        const auto end = test::in_child([&] {
            Gate gate;
            const auto pool = must(Pool::start({.workers = 2, .spare_carriers = spares}));
            std::vector<thread::JoinHandle<int>> handles;
            for (int i = 0; i < tasks; ++i) {
                const auto blocks = [&] {
                    gate.wait();
                    return 1;
                };
                handles.push_back(must(pool.spawn(blocks, {.name = "blocker"})));
            }
            const bool all = eventually([&] { return pool.metrics().handoffs >= spares; });
            std::this_thread::sleep_for(300ms);  // it reports the limit when it has asked for one more
            gate.open();
            int ended = 0;
            for (auto& handle : handles) {
                ended += std::move(handle).join();
            }
            return all && ended == tasks && pool.metrics().carriers <= 2 + spares ? 0 : 1;
        });
        INFO(end.said);
        CHECK(end.exited_with(0));
        const std::string line = "green: tasks that block use all " + std::to_string(spares) +
                                 " spare carriers, so other tasks wait; the longest: 'blocker' (";
        CHECK(end.said.starts_with(line));
        CHECK(end.said.ends_with("See Runtime::spare_carriers\n"));
        CHECK(std::ranges::count(end.said, '\n') == 1);
    }
}

TEST_CASE("spare carriers end when they are idle") {
    Gate gate;
    const auto pool = test::pool_of(1);
    std::vector<thread::JoinHandle<void>> handles;
    for (int i = 0; i < 20; ++i) {
        handles.push_back(must(pool.spawn([&] { gate.wait(); })));
    }
    CHECK(eventually([&] { return pool.metrics().carriers >= 20; }));
    gate.open();
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    CHECK(eventually([&] { return pool.metrics().carriers <= 2; }));
    if constexpr (!test::under_thread_sanitizer && !test::is_emulated) {  // both have threads of their own
        // The carriers, the monitor, the starter and this thread.
        CHECK(eventually([&] { return test::threads_of_process() <= 5; }));
    }
    // And their records are reused.
    Gate again;
    auto blocks = must(pool.spawn([&] { again.wait(); }));
    must(pool.spawn([&] { again.open(); })).join();
    std::move(blocks).join();
}

// ---- its sleep ----------------------------------------------------------------------------------------

TEST_CASE("the monitor sleeps when all tasks are parked, and wakes when it is needed") {
    const auto pool = test::pool_of(2);
    auto parked = must(pool.spawn([] { thread::park(); }));
    CHECK(monitor_sleeps());
    Gate gate;
    auto blocks = must(pool.spawn([&] {
        auto other = must(thread::spawn([&] { gate.open(); }, {.pin = green::Pin::None}));
        gate.wait();
        std::move(other).join();
    }));
    std::move(blocks).join();
    parked.thread().unpark();
    std::move(parked).join();
}

TEST_CASE("the monitor sleeps while a task blocks and nothing waits, and wakes when something does") {
    Gate gate;
    const auto pool = test::pool_of(1);
    std::atomic<int> step{0};
    auto blocks = must(pool.spawn([&] {
        std::atomic<bool> slept{false};
        auto sleeper = must(thread::spawn([&] {
            must(thread::sleep(400ms));
            slept = true;
        }));
        thread::yield_now();
        step = 1;
        gate.wait();  // for longer than the timer
        const bool was_due = slept;
        std::move(sleeper).join();
        Gate never;
        auto opens = must(thread::spawn([&] { never.open(); }));
        never.wait();  // the stretch before has ended, and this one is noticed, too
        std::move(opens).join();
        return was_due;
    }));
    CHECK(eventually([&] { return step == 1; }));
    CHECK(monitor_sleeps());
    std::this_thread::sleep_for(500ms);
    CHECK(pool.metrics().handoffs == 1);  // for the timer
    gate.open();
    CHECK(std::move(blocks).join());
}

TEST_CASE("a task spawned from outside wakes the sleeping monitor") {
    Gate gate;
    const auto pool = test::pool_of(1);
    std::atomic<bool> began{false};
    auto blocks = must(pool.spawn([&] {
        began = true;
        gate.wait();
    }));
    CHECK(eventually([&] { return began.load(); }));
    CHECK(monitor_sleeps());
    CHECK(pool.metrics().handoffs == 0);
    must(pool.spawn([&] { gate.open(); })).join();
    std::move(blocks).join();
}
