// SPDX-License-Identifier: MIT
//
// Runtime::on_stuck: which tasks are reported, what the report has, and what it costs the stuck task.
#include <support/green.hpp>

#include <green/blocking.hpp>

#include <dlfcn.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using green::Pool;
using green::Stuck;
using green::StuckIn;
using test::eventually;
using test::must;
namespace thread = green::thread;

namespace {

/// The reports that on_stuck got, in their order.
struct Told {
    std::string task;
    std::chrono::nanoseconds duration;
    StuckIn in;
    std::vector<const void*> backtrace;
};

std::mutex mutex;
std::vector<Told> told;

void tell(const Stuck& stuck) noexcept {
    const std::lock_guard lock(mutex);
    told.push_back(
        {std::string(stuck.task), stuck.duration, stuck.in, {stuck.backtrace.begin(), stuck.backtrace.end()}});
}

std::vector<Told> all_told() {
    const std::lock_guard lock(mutex);
    return std::exchange(told, {});
}

bool is_told() {
    const std::lock_guard lock(mutex);
    return !told.empty();
}

/// Whether one of the calls is in `function`, which is not inlined and ends at `end`.
bool has_call_in(const Told& one, const void* function, std::size_t size) {
    return std::ranges::any_of(one.backtrace, [&](const void* call) {
        return call > function && call <= static_cast<const char*>(function) + size;
    });
}

constexpr std::size_t of_a_function = 256;  // bytes, at most

[[gnu::noinline]] void block_here(std::binary_semaphore& semaphore) {
    semaphore.acquire();
    asm volatile("");
}

/// The load is a builtin: without inlining a member function of std::atomic would be a frame of its own.
[[maybe_unused, gnu::noinline]] void compute_here(const bool& stop) {
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        asm volatile("");
    }
    asm volatile("");
}

constexpr std::size_t workers = 1;

/// Runs a runtime in which a task called `name` runs `stays` while another waits.
template <class Stays, class Then>
std::vector<Told> told_of(std::string_view name, Stays stays, Then let_go) {
    (void)all_told();
    must(green::run({.workers = workers, .on_stuck = &tell}, [&] {
        auto stuck = must(thread::spawn([&] { stays(); }, {.name = name}));
        auto other = must(thread::spawn([] {}));
        std::thread lets_go([&] {
            (void)eventually(is_told);
            let_go();
        });
        std::move(stuck).join();
        std::move(other).join();
        lets_go.join();
    }));
    return all_told();
}

}  // namespace

TEST_CASE("on_stuck is called once for a task that blocks, with its name and backtrace") {
    std::binary_semaphore semaphore(0);
    const auto all = told_of("reader", [&] { block_here(semaphore); }, [&] { semaphore.release(); });
    REQUIRE(all.size() == 1);
    CHECK(all[0].task == "reader");
    CHECK(all[0].in == StuckIn::Call);
    CHECK(all[0].duration >= 10ms);
    CHECK(has_call_in(all[0], reinterpret_cast<const void*>(&block_here), of_a_function));
}

#if TEST_THREAD_SANITIZER != 1  // it delays signals in code that makes no calls

TEST_CASE("on_stuck is called once for a task that computes, with its name and backtrace") {
    bool stop = false;
    const auto all =
        told_of("loop", [&] { compute_here(stop); }, [&] { __atomic_store_n(&stop, true, __ATOMIC_RELAXED); });
    REQUIRE(all.size() == 1);
    CHECK(all[0].task == "loop");
    CHECK(all[0].in == StuckIn::Code);
    CHECK(all[0].duration >= 10ms);
    REQUIRE(!all[0].backtrace.empty());
    // The innermost address is where the task was interrupted, not in a function that the handler called.
    const Told innermost{.task = {}, .duration = {}, .in = {}, .backtrace = {all[0].backtrace.front()}};
    CHECK(has_call_in(innermost, reinterpret_cast<const void*>(&compute_here), of_a_function));
}

#endif

TEST_CASE("on_stuck does not interrupt a system call that is never restarted") {
    int result = -1;
    const auto all = told_of(
        "sleeper",
        [&] {
            const timespec time{.tv_sec = 0, .tv_nsec = 200'000'000};
            result = ::nanosleep(&time, nullptr);
        },
        [] {});
    CHECK(result == 0);
    CHECK(all.size() == 1);
}

TEST_CASE("on_stuck gets a long name cut") {
    std::binary_semaphore semaphore(0);
    const std::string name(100, 'n');
    const auto all = told_of(name, [&] { semaphore.acquire(); }, [&] { semaphore.release(); });
    REQUIRE(all.size() == 1);
    CHECK(all[0].task == std::string(63, 'n'));
}

TEST_CASE("on_stuck is not called before stuck_after, for a task in blocking, or if nothing waits") {
    (void)all_told();
    must(green::run({.workers = 1, .on_stuck = &tell, .stuck_after = 10s}, [] {
        auto other = must(thread::spawn([] {}));
        std::this_thread::sleep_for(50ms);
        std::move(other).join();
    }));
    CHECK(all_told().empty());
    must(green::run({.workers = 1, .on_stuck = &tell}, [] {
        auto other = must(thread::spawn([] {}));
        green::blocking([] { std::this_thread::sleep_for(50ms); });
        std::move(other).join();
        std::this_thread::sleep_for(50ms);
    }));
    CHECK(all_told().empty());
}

TEST_CASE("SIGURG goes to the handler installed before, which is restored after the runtime") {
    static std::atomic<int> count{0};
    struct sigaction before{};
    struct sigaction own{};
    own.sa_handler = [](int) { ++count; };
    REQUIRE(::sigaction(SIGURG, &own, &before) == 0);
    must(green::run({.workers = 1, .on_stuck = &tell}, [] { (void)::raise(SIGURG); }));
    CHECK(count == 1);
    struct sigaction after{};
    REQUIRE(::sigaction(SIGURG, &before, &after) == 0);
    CHECK(after.sa_handler == own.sa_handler);
}
