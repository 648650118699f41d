// SPDX-License-Identifier: MIT
//
// A task's stack: its size, its high-water mark, and what happens on overflow.
#include <support/green.hpp>

#include <green/thread.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/take.hpp>

#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::eventually;
using test::must;
namespace thread = green::thread;

namespace {

/// Recurses until `bytes` of stack below `begin` are used, and returns how many were.
[[gnu::noinline]] std::size_t use_below(const char* begin, std::size_t bytes) {
    char frame[2048];
    asm volatile("" : : "r"(frame) : "memory");  // the whole frame is used
    const auto used = static_cast<std::size_t>(begin - static_cast<const char*>(__builtin_frame_address(0)));
    const std::size_t most = used >= bytes ? used : use_below(begin, bytes);
    asm volatile("" : : "r"(frame) : "memory");
    return most;
}

/// Uses at least that many bytes of stack, and less than two pages more.
[[gnu::noinline]] std::size_t use(std::size_t bytes) {
    return use_below(static_cast<const char*>(__builtin_frame_address(0)), bytes);
}

}  // namespace

GREEN_TEST("a task has the stack size that it asks for, from 16 KiB up") {
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{16} << 10, std::size_t{100} << 10, std::size_t{8} << 20}) {
        const std::size_t most = std::max(size, std::size_t{16} << 10) - (12U << 10);
        auto task = must(thread::spawn([&] { return use(most); }, {.stack_size = size}));
        CHECK(task.thread().stack_size() >= most);
        CHECK(std::move(task).join() >= most);
    }
    const auto too_large = thread::spawn([] {}, {.stack_size = SIZE_MAX / 2});
    CHECK_FALSE(too_large.has_value());
    CHECK((too_large.has_value() || too_large.error().kind() == weld::Kind::OutOfMemory));
}

TEST_CASE("stack_high_water returns what was used, in whole pages") {
    must(green::run({.workers = 1}, [] {
        auto task = must(thread::spawn(
            [] {
                const std::size_t before = thread::current().stack_high_water();
                (void)use(300 << 10);
                const std::size_t after = thread::current().stack_high_water();
                thread::park();
                return std::pair(before, after);
            },
            {.stack_size = 1 << 20}));
        while (task.thread().stack_high_water() < (300U << 10)) {
            thread::yield_now();
        }
        const std::size_t parked = task.thread().stack_high_water();
        task.thread().unpark();
        const auto [before, after] = std::move(task).join();
        CHECK(before < (64U << 10));
        CHECK(after >= (300U << 10));
        CHECK(after < (420U << 10));
        CHECK(parked == after);
    }));
}

#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

namespace {

[[gnu::noinline]] int recurse_for_ever(int depth) {
    volatile char frame[256];
    frame[0] = static_cast<char>(depth);
    return depth < 0 ? 0 : recurse_for_ever(depth + 1) + frame[0];
}

}  // namespace

TEST_CASE("a stack overflow ends the process with the task's name, the stack's size and what to do") {
    const auto end = test::in_child([] {
        (void)green::run({.workers = 1, .overflow_report = true}, [] {
            must(thread::spawn([] { return recurse_for_ever(0); }, {.name = "deep", .stack_size = 64 << 10})).join();
        });
        return 0;
    });
    INFO(end.said);
    CHECK(end.died_of(SIGSEGV));
    CHECK(end.said.find("green: task 'deep' overflowed its stack of 61440 bytes: spawn it with a larger "
                        "Options::stack_size, or make Runtime::stack_size larger") != std::string::npos);
}

namespace {

[[gnu::noinline]] int use_large_frame() {
    volatile char frame[300 << 10];
    frame[0] = 1;
    return frame[0];
}

[[gnu::noinline]] int use_page_and_half() {
    volatile char frame[6 << 10];
    frame[0] = 1;
    return frame[0];
}

[[gnu::noinline]] int use_sized_frame(std::size_t size) {
    auto* frame = static_cast<volatile char*>(__builtin_alloca(size));
    frame[0] = 1;
    return frame[0];
}

/// Fills the stack to its last kilobytes, then calls `last`.
[[gnu::noinline]] int use_all_but_last(const char* begin, std::size_t most, int (*last)()) {
    volatile char frame[256];
    frame[0] = 1;
    const auto used = static_cast<std::size_t>(begin - static_cast<const char*>(__builtin_frame_address(0)));
    return (used >= most ? last() : use_all_but_last(begin, most, last)) + frame[0];
}

}  // namespace

TEST_CASE("a frame larger than the rest of the stack is reported as an overflow") {
    const auto reports = [](std::size_t size, auto body) {
        const auto end = test::in_child([&] {
            (void)green::run({.workers = 1, .stack_size = size, .overflow_report = true}, [&] {
                // Its stack lies below the next task's, which is in use.
                std::vector<thread::JoinHandle<void>> others;
                for (int i = 0; i < 8; ++i) {
                    others.push_back(must(thread::spawn([] { thread::park(); })));
                }
                thread::yield_now();
                (void)must(thread::spawn(body, {.name = "large"})).join();
                ::_exit(0);
            });
            return 1;
        });
        INFO(end.said);
        CHECK(end.died_of(SIGSEGV));
        CHECK(end.said.find("green: task 'large' overflowed its stack of " + std::to_string(size - 4096) + " bytes") !=
              std::string::npos);
    };
    reports(256 << 10, [] { return use_large_frame(); });
    reports(64 << 10, [] { return use_large_frame(); });
    reports(64 << 10, [] { return use_sized_frame(300 << 10); });
    reports(64 << 10, [] { return use_sized_frame(61 << 10); });
    reports(32 << 10, [] {
        return use_all_but_last(static_cast<const char*>(__builtin_frame_address(0)), 26 << 10, &use_page_and_half);
    });
}

TEST_CASE("copies without the kernel's help fit on the smallest stack") {
    const test::TempDir dir;
    const std::string all(200'000, 'x');
    must(weld::fs::write(dir / "from", all));
    std::string text;
    std::uint64_t appended = 0;
    std::uint64_t taken = 0;
    const auto copy = [&] {
        const auto from = must(weld::fs::File::open(dir / "from"));
        // copy_file_range refuses a target that appends.
        const auto to = must(weld::fs::File::open(dir / "appended", {.append = true, .create = true}));
        appended = must(weld::io::copy(from, to));
        weld::io::Take part(must(weld::fs::File::open(dir / "from")), 150'000);
        taken = must(weld::io::copy(part, weld::io::Cursor<std::string&>(text)));
    };
    must(green::run({.workers = 1, .overflow_report = true},
                    [&] { must(thread::spawn(copy, {.stack_size = 16 << 10})).join(); }));
    CHECK(appended == 200'000);
    CHECK(taken == 150'000);
    CHECK(text == all.substr(0, 150'000));
    CHECK(must(weld::fs::read_to_string(dir / "appended")) == all);
}

TEST_CASE("another fault goes to the handler installed before, which is restored after the runtime") {
    const auto end = test::in_child([] {
        struct sigaction mine{};
        mine.sa_handler = [](int) { ::_exit(9); };
        ::sigaction(SIGSEGV, &mine, nullptr);
        (void)green::run({.workers = 2, .overflow_report = true}, [] {});
        struct sigaction after{};
        ::sigaction(SIGSEGV, nullptr, &after);
        if (after.sa_handler != mine.sa_handler) {
            return 1;
        }
        (void)green::run({.workers = 1, .overflow_report = true}, [] {
            void* nothing = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            *static_cast<volatile char*>(nothing) = 1;
        });
        return 0;
    });
    INFO(end.said);
    CHECK(end.exited_with(9));
}

namespace {

/// The end of a child that runs `body` in a runtime that reports overflows, with `before` as the disposition of
/// `signal` before the runtime.
template <class Body>
test::ChildEnd with_handler(int signal, const struct sigaction& before, Body body) {
    return test::in_child([&] {
        (void)::sigaction(signal, &before, nullptr);
        (void)green::run({.workers = 1, .overflow_report = true}, body);
        return 0;
    });
}

volatile std::sig_atomic_t handled = 0;
volatile std::sig_atomic_t blocked_usr1 = 0;

void count_handled(int) { handled = handled + 1; }

/// Whether a stack overflow of a task 'deep' is still reported.
bool reports_overflow(const test::ChildEnd& end) {
    INFO(end.said);
    return end.died_of(SIGSEGV) && end.said.find("green: task 'deep' overflowed its stack") != std::string::npos;
}

void overflow() {
    must(thread::spawn([] { return recurse_for_ever(0); }, {.name = "deep", .stack_size = 64 << 10})).join();
}

}  // namespace

TEST_CASE("a SIGSEGV or SIGBUS that was sent, not raised by a fault, ends the process as without green") {
    struct sigaction by_default{};
    for (const int signal : {SIGSEGV, SIGBUS}) {
        CHECK(with_handler(signal, by_default, [&] { (void)::kill(::getpid(), signal); }).died_of(signal));
        CHECK(with_handler(signal, by_default, [&] { (void)::raise(signal); }).died_of(signal));
        CHECK(with_handler(signal, by_default, [&] {
                  union sigval value{};
                  (void)::sigqueue(::getpid(), signal, value);
              }).died_of(signal));
    }
}

TEST_CASE("a SIGSEGV that was sent goes to the handler installed before, and a later overflow is reported") {
    struct sigaction counts{};
    counts.sa_handler = &count_handled;
    const auto end = with_handler(SIGSEGV, counts, [] {
        (void)::raise(SIGSEGV);
        (void)::raise(SIGSEGV);
        if (handled == 2) {
            overflow();
        }
    });
    CHECK(reports_overflow(end));
}

TEST_CASE("a SIGSEGV that was sent is ignored if it was ignored before, and a later overflow is reported") {
    struct sigaction ignores{};
    ignores.sa_handler = SIG_IGN;
    const auto end = with_handler(SIGSEGV, ignores, [] {
        (void)::raise(SIGSEGV);
        overflow();
    });
    CHECK(reports_overflow(end));
}

TEST_CASE("the handler installed before is called with its own flags and signal mask") {
    struct sigaction once{};
    once.sa_handler = [](int) {
        sigset_t blocked;
        (void)::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
        blocked_usr1 = sigismember(&blocked, SIGUSR1);
        handled = handled + 1;
    };
    once.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaddset(&once.sa_mask, SIGUSR1);
    const auto end = with_handler(SIGSEGV, once, [] {
        (void)::raise(SIGSEGV);
        sigset_t blocked;
        (void)::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
        if (handled != 1 || blocked_usr1 != 1 || sigismember(&blocked, SIGUSR1) != 0) {
            ::_exit(1);
        }
        (void)::raise(SIGSEGV);
        ::_exit(2);
    });
    CHECK(end.died_of(SIGSEGV));
}

#endif

TEST_CASE("a stack is reused before another is mapped") {
    must(green::run({.workers = 1}, [] {
        std::vector<std::uintptr_t> places;
        for (int i = 0; i < 1000; ++i) {
            must(thread::spawn([&] {
                int here = 0;
                places.push_back(reinterpret_cast<std::uintptr_t>(&here));
            })).join();
        }
        std::ranges::sort(places);
        const auto distinct = std::unique(places.begin(), places.end()) - places.begin();
        CHECK(distinct <= 4);
    }));
}
