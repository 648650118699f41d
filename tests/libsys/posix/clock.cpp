// SPDX-License-Identifier: MIT
//
// Clocks: clock_gettime, clock_nanosleep.
#include <support/words.hpp>

#include <weld/sys/posix/clock.hpp>

#include <sys/time.h>
#include <csignal>
#include <ctime>

namespace sys = weld::sys;
using sys::ClockId;
using sys::Errno;
using test::errno_of;
using test::must;

namespace {

constexpr ClockId clocks[] = {ClockId::Realtime, ClockId::Monotonic, ClockId::ProcessCpu, ClockId::ThreadCpu,
                              ClockId::Boot};

}  // namespace

TEST_CASE("no clock goes back") {
    for (const ClockId clock : clocks) {
        INFO(static_cast<int>(clock));
        const sys::Timespec first = must(sys::clock_gettime(clock));
        const sys::Timespec second = must(sys::clock_gettime(clock));
        CHECK(first.nanoseconds >= 0);
        CHECK(first.nanoseconds < 1'000'000'000);
        CHECK(first <= second);
    }
}

TEST_CASE("clock_gettime returns the time of the C library") {
    for (const ClockId clock : clocks) {
        timespec before{};
        timespec after{};
        REQUIRE(::clock_gettime(static_cast<clockid_t>(clock), &before) == 0);
        const sys::Timespec shown = must(sys::clock_gettime(clock));
        REQUIRE(::clock_gettime(static_cast<clockid_t>(clock), &after) == 0);
        CHECK(sys::Timespec{before.tv_sec, before.tv_nsec} <= shown);
        CHECK(shown <= sys::Timespec{after.tv_sec, after.tv_nsec});
    }
}

TEST_CASE("clock_gettime returns Inval for an unknown clock") {
    CHECK(errno_of(sys::clock_gettime(static_cast<ClockId>(9999))) == Errno::Inval);
    CHECK(errno_of(sys::clock_nanosleep_until(static_cast<ClockId>(9999), {1, 0})) == Errno::Inval);
    CHECK(errno_of(sys::clock_nanosleep_until(ClockId::Monotonic, {1, 1'000'000'000})) == Errno::Inval);
}

TEST_CASE("clock_nanosleep_until sleeps until its clock reaches the deadline") {
    sys::Timespec deadline = must(sys::clock_gettime(ClockId::Monotonic));
    deadline.nanoseconds += 20'000'000;
    if (deadline.nanoseconds >= 1'000'000'000) {
        deadline.nanoseconds -= 1'000'000'000;
        deadline.seconds += 1;
    }
    must(sys::clock_nanosleep_until(ClockId::Monotonic, deadline));
    CHECK(must(sys::clock_gettime(ClockId::Monotonic)) >= deadline);
    CHECK(sys::clock_nanosleep_until(ClockId::Monotonic, {0, 0}));
}

TEST_CASE("a signal ends clock_nanosleep_until with Intr") {
    struct sigaction ignored{};
    struct sigaction before{};
    ignored.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGALRM, &ignored, &before) == 0);
    const itimerval every_millisecond{.it_interval = {0, 1000}, .it_value = {0, 1000}};
    REQUIRE(::setitimer(ITIMER_REAL, &every_millisecond, nullptr) == 0);
    sys::Timespec deadline = must(sys::clock_gettime(ClockId::Monotonic));
    deadline.seconds += 60;
    const auto slept = sys::clock_nanosleep_until(ClockId::Monotonic, deadline);
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK(errno_of(slept) == Errno::Intr);
}
