// SPDX-License-Identifier: MIT
//
// futex(2): sleeping on a word and waking sleepers.
#include <support/words.hpp>

#include <weld/sys/linux/futex.hpp>
#include <weld/sys/posix/clock.hpp>

#include <atomic>
#include <cstdint>

namespace sys = weld::sys;
using sys::Errno;
using test::errno_of;
using test::must;

TEST_CASE("futex_wait returns Again when the word does not hold the expected value") {
    const std::atomic<std::uint32_t> word{1};
    CHECK(errno_of(sys::futex_wait(word, 0)) == Errno::Again);
    CHECK(errno_of(sys::futex_wait_until(word, 0, {0, 0})) == Errno::Again);
}

TEST_CASE("futex_wait_until returns Timedout at its deadline") {
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

TEST_CASE("futex_wake wakes one sleeper and returns one") {
    std::atomic<std::uint32_t> word{1};
    CHECK(sys::futex_wake(&word, 1) == 0);
    auto sleeper = must(weld::thread::spawn([&] { return sys::futex_wait(word, 1).has_value(); }));
    CHECK(test::eventually([&] { return sys::futex_wake(&word, 1) == 1; }));
    CHECK(std::move(sleeper).join());
}

TEST_CASE("futex_wake of an address without sleepers does nothing") { CHECK(sys::futex_wake(nullptr, 1) == 0); }
