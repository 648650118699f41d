// SPDX-License-Identifier: MIT
//
// futex(2): sleeping on a word and waking who sleeps.
#include <support/words.hpp>

#include <weld/sys/linux/futex.hpp>
#include <weld/sys/posix/clock.hpp>

#include <atomic>
#include <cstdint>

namespace sys = weld::sys;
using sys::Errno;
using test::errno_of;
using test::must;

TEST_CASE("a futex whose word has changed is not slept on") {
    const std::atomic<std::uint32_t> word{1};
    CHECK(errno_of(sys::futex_wait(word, 0)) == Errno::Again);
    CHECK(errno_of(sys::futex_wait_until(word, 0, {0, 0})) == Errno::Again);
}

TEST_CASE("a futex wait ends at its deadline") {
    const std::atomic<std::uint32_t> word{1};
    CHECK(errno_of(sys::futex_wait_until(word, 1, {0, 0})) == Errno::Timedout);
    sys::Timespec deadline = must(sys::clock_gettime(sys::ClockId::Monotonic));
    deadline.nanoseconds += 5'000'000;
    if (deadline.nanoseconds >= 1'000'000'000) {
        deadline = {deadline.seconds + 1, deadline.nanoseconds - 1'000'000'000};
    }
    CHECK(errno_of(sys::futex_wait_until(word, 1, deadline)) == Errno::Timedout);
    CHECK(must(sys::clock_gettime(sys::ClockId::Monotonic)) >= deadline);
    CHECK(errno_of(sys::futex_wait_until(word, 1, {-1, 0})) == Errno::Inval);
}

TEST_CASE("a wake ends one sleep and says so") {
    std::atomic<std::uint32_t> word{1};
    CHECK(sys::futex_wake(&word, 1) == 0);
    auto sleeper = must(weld::thread::spawn([&] { return sys::futex_wait(word, 1).has_value(); }));
    CHECK(test::eventually([&] { return sys::futex_wake(&word, 1) == 1; }));
    CHECK(std::move(sleeper).join());
}

TEST_CASE("a wake of memory that nobody sleeps on does nothing") { CHECK(sys::futex_wake(nullptr, 1) == 0); }
