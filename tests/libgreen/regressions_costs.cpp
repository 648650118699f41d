// SPDX-License-Identifier: MIT
//
// Bugs reported against green-rs and its ancestors about costs, which are counted here instead of timed;
// regressions.cpp explains the numbers. 2 is about an event loop, so it is in regressions_loop.cpp as well.
#include <support/green.hpp>

#include <green/thread.hpp>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using test::eventually;
using test::must;
using test::pool_without_spares;
namespace thread = green::thread;

// ---- what is counted ----------------------------------------------------------------------------------

namespace {

std::atomic<std::uint64_t> allocations{0};  // zero if a sanitizer has an operator new of its own

}  // namespace

#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

namespace {

void* count_and_allocate(std::size_t size, std::size_t alignment = 0) noexcept {
    allocations.fetch_add(1, std::memory_order_relaxed);
    return alignment == 0 ? std::malloc(size)
                          : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

}  // namespace

// The other forms call these.
void* operator new(std::size_t size) {
    if (void* block = count_and_allocate(size)) {
        return block;
    }
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept { return count_and_allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    if (void* block = count_and_allocate(size, static_cast<std::size_t>(alignment))) {
        return block;
    }
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t& /*tag*/) noexcept {
    return count_and_allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t /*size*/) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t /*alignment*/) noexcept { std::free(block); }
void operator delete(void* block, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept { std::free(block); }

#endif

namespace {

std::size_t mappings() {
    std::ifstream maps("/proc/self/maps");
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);) {
        ++count;
    }
    return count;
}

}  // namespace

// -------------------------------------------------------------------------------------------------------

TEST_CASE("a hundred thousand tasks use a few hundred stacks, from whichever thread they are spawned", "[seed:4A.1]") {
    constexpr int at_once = 100;
    constexpr int batches = test::is_slow ? 20 : 1'000;
    auto pool = pool_without_spares(2);
    std::mutex mutex;
    std::set<std::uintptr_t> stacks;
    const auto task = [&] {
        const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) / (256 * 1024);
        const std::lock_guard lock(mutex);
        stacks.insert(here);
    };
    const auto join_all = [](auto& handles) {
        for (auto& handle : handles) {
            std::move(handle).join();
        }
    };
    std::size_t mapped_before = 0;
    for (int batch = 0; batch < batches / 2; ++batch) {
        std::vector<thread::JoinHandle<void>> handles;
        for (int i = 0; i < at_once; ++i) {
            handles.push_back(must(pool.spawn(task)));
        }
        join_all(handles);
        must(pool.spawn([&] {
            std::vector<thread::JoinHandle<void>> inner;
            for (int i = 0; i < at_once; ++i) {
                inner.push_back(must(thread::spawn(task)));
            }
            join_all(inner);
        })).join();
        mapped_before = batch == 5 ? mappings() : mapped_before;
    }
    CHECK(stacks.size() <= 400);
    if constexpr (!test::under_sanitizer) {
        CHECK(mappings() <= mapped_before + 32);
    }
}

TEST_CASE("a worker that has tasks does not sleep between them", "[seed:4A.2]") {
    constexpr int tasks = test::is_slow ? 1'000 : 100'000;
    auto pool = pool_without_spares(1);
    auto body = must(pool.spawn([] {
        const auto before = green::metrics();
        for (int i = 0; i < tasks; ++i) {
            must(thread::spawn([] {})).join();
        }
        const auto after = green::metrics();
        return std::pair(after.parks - before.parks, after.finished - before.finished);
    }));
    const auto [parks, finished] = std::move(body).join();
    CHECK(parks == 0);
    CHECK(finished >= tasks - 1);
}

namespace {

/// A FIFO lock for tasks.
class Lock {
public:
    void lock() {
        {
            const std::lock_guard own(mutex_);
            if (!std::exchange(taken_, true)) {
                return;
            }
            waiting_.push_back(thread::current());
        }
        thread::park();
    }
    void unlock() {
        const std::lock_guard own(mutex_);
        if (waiting_.empty()) {
            taken_ = false;
            return;
        }
        waiting_.front().unpark();
        waiting_.pop_front();
    }

private:
    std::mutex mutex_;
    bool taken_ = false;
    std::deque<thread::Thread> waiting_;
};

}  // namespace

TEST_CASE("eight tasks that pass one lock round stay on their worker", "[seed:4A.3]") {
    constexpr std::uint64_t tasks = 8;
    constexpr std::uint64_t increments = test::is_slow ? 8'000 : 100'000;
    for (const std::size_t workers : {2U, 4U, 8U}) {
        INFO("workers: " << workers);
        auto pool = pool_without_spares(workers);
        Lock lock;
        std::uint64_t count = 0;
        const auto before = pool.metrics();
        must(pool.spawn([&] {
            std::vector<thread::JoinHandle<void>> handles;
            for (std::uint64_t i = 0; i < tasks; ++i) {
                handles.push_back(must(thread::spawn([&] {
                    for (std::uint64_t mine = 0; mine < increments / tasks; ++mine) {
                        lock.lock();
                        ++count;
                        if (mine % 4 == 0) {
                            thread::yield_now();  // while the others wait for the lock
                        }
                        lock.unlock();
                    }
                })));
            }
            for (auto& handle : handles) {
                std::move(handle).join();
            }
        })).join();
        const auto after = pool.metrics();
        CHECK(count == increments);
        // In the bug there was a wake for nearly every increment.
        CHECK(after.wakes - before.wakes < increments / 10);
        CHECK(after.steals - before.steals < increments / 10);
    }
}

TEST_CASE("a spawn allocates once", "[seed:4A.38]") {
    constexpr std::uint64_t tasks = test::is_slow ? 1'000 : 10'000;
    auto pool = pool_without_spares(1);
    const auto spawn_some = [] {
        std::array<std::optional<thread::JoinHandle<std::uint64_t>>, 50> handles;
        std::uint64_t right = 0;
        for (std::uint64_t done = 0; done < tasks; done += handles.size()) {
            for (auto& handle : handles) {
                handle.emplace(must(thread::spawn([] {
                    thread::yield_now();
                    return std::uint64_t{1};
                })));
            }
            for (auto& handle : handles) {
                right += std::move(*handle).join();
            }
        }
        return right;
    };
    auto body = must(pool.spawn([&] {
        (void)spawn_some();  // from now on there are stacks
        const std::uint64_t before = allocations;
        const std::uint64_t right = spawn_some();
        return std::pair(right, allocations - before);
    }));
    const auto [right, allocated] = std::move(body).join();
    CHECK(right == tasks);
    CHECK(allocated <= tasks);
}

TEST_CASE("calls that park allocate nothing, and neither does a wake from another thread", "[seed:4A.38]") {
    constexpr int rounds = test::is_slow ? 300 : 2'000;
    auto pool = pool_without_spares(2);
    std::atomic<int> turn{0};
    std::atomic<bool> began{false};
    auto parks = must(pool.spawn([&] {
        began = true;
        for (int round = 1; round <= rounds; ++round) {
            thread::park();
            (void)must(thread::park_for(1us));
            must(thread::sleep(1us));
            thread::yield_now();
            turn = round;
        }
    }));
    const auto task = parks.thread();
    REQUIRE(eventually([&] { return began.load(); }));
    const std::uint64_t before = allocations;
    bool all = true;
    for (int round = 1; round <= rounds && all; ++round) {
        task.unpark();
        all = eventually([&] { return turn == round; });
    }
    const std::uint64_t allocated = allocations - before;
    REQUIRE(all);
    std::move(parks).join();
    CHECK(allocated == 0);
}

// A sanitizer changes the stacks of threads.
#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

namespace {

std::uint64_t address_space() {
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * 4096;
}

}  // namespace

TEST_CASE("calls that fail because no thread can be started leak nothing, however often", "[seed:4A.39]") {
    const auto end = test::in_child([] {
        // Without spares: if the monitor makes one on a busy machine, a new worker gets that thread.
        return *green::run({.workers = 1, .spare_carriers = 0}, [] {
            must(thread::spawn([] {})).join();
            // A thread cannot start with a stack larger than the address space.
            pthread_attr_t attributes;
            if (::pthread_getattr_default_np(&attributes) != 0 ||
                ::pthread_attr_setstacksize(&attributes, std::size_t{1} << 48) != 0 ||
                ::pthread_setattr_default_np(&attributes) != 0) {
                return 1;
            }
            std::uint64_t before = 0;
            for (int i = 0; i < 100; ++i) {
                const auto refused = thread::spawn([] {}, {.pin = green::Pin::Own});
                const auto too_many = green::set_workers(2);
                if (refused || refused.error().kind() != weld::Kind::WouldBlock || too_many) {
                    return 2;
                }
                before = i == 10 ? address_space() : before;
            }
            if (green::workers() != 1 || must(thread::spawn([] { return 7; })).join() != 7) {
                return 3;
            }
            return address_space() <= before + (64U << 20) ? 0 : 4;
        });
    });
    INFO(end.said);
    INFO("status " << end.status);
    CHECK(end.exited_with(0));
}

namespace {

std::atomic<bool> wall_clock_lies{false};
std::atomic<int> looks_at_wall_clock{0};

}  // namespace

/// As the system's, but the wall clock can be made to jump an hour to and fro.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    const long done = ::syscall(SYS_clock_gettime, clock, time);
    if (clock == CLOCK_REALTIME && wall_clock_lies) {
        time->tv_sec += looks_at_wall_clock++ % 2 == 0 ? 3600 : -3600;
    }
    return static_cast<int>(done);
}

TEST_CASE("deadlines follow the monotonic clock, and a jump of the wall clock does not affect them", "[seed:4A.50]") {
    auto pool = pool_without_spares(2);
    wall_clock_lies = true;
    std::vector<thread::JoinHandle<bool>> sleepers;
    for (int i = 0; i < 200; ++i) {
        sleepers.push_back(must(pool.spawn([i] {
            const auto wait = 1ms + i * 50us;
            const auto start = std::chrono::steady_clock::now();
            if (i % 2 == 0) {
                must(thread::sleep(wait));
            } else if (must(thread::park_for(wait))) {
                return false;
            }
            const auto lasted = std::chrono::steady_clock::now() - start;
            return lasted >= wait && lasted < 10min;
        })));
    }
    bool right = true;
    for (auto& sleeper : sleepers) {
        right = std::move(sleeper).join() && right;
    }
    right = pool.shutdown_until(weld::time::deadline_after(1h)).has_value() && right;
    wall_clock_lies = false;
    CHECK(right);
    CHECK(looks_at_wall_clock == 0);
}

#endif
