// SPDX-License-Identifier: MIT
//
// Times: std::chrono's, and the clocks and sums that it lacks.
//
// A point in time is a `time::Instant` (monotonic, for deadlines and measuring) or a
// `time::SystemTime` (the calendar's, for files). Both are std::chrono types, so arithmetic and
// comparison are those. What is added here: deadlines that do not overflow, and three clocks.
#pragma once

#include <weld/native/clock.hpp>

#include <chrono>

namespace weld::time {

using Duration = std::chrono::nanoseconds;

/// A point on std::chrono::steady_clock. It stands still while the machine sleeps.
using Instant = native::Instant;

/// A point in UTC, from the year 1677 to 2262.
using SystemTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// `start` + `wait`, or the last instant there is when that is further than an Instant reaches.
[[nodiscard]] constexpr Instant saturating_add(Instant start, Duration wait) noexcept {
    if (wait > Duration::zero() && start > Instant::max() - wait) {
        return Instant::max();
    }
    if (wait < Duration::zero() && start < Instant::min() - wait) {
        return Instant::min();
    }
    return start + wait;
}

/// `wait` in nanoseconds, rounded up; the longest or shortest Duration there is when it does not fit.
template <class Rep, class Period>
[[nodiscard]] constexpr Duration saturating_cast(std::chrono::duration<Rep, Period> wait) noexcept {
    constexpr std::chrono::duration<double> limit(9.2e9);  // a little less than 2^63 ns
    if (!(wait < limit)) {                                 // as are infinity and what is not a number
        return Duration::max();
    }
    return wait <= -limit ? Duration::min() : std::chrono::ceil<Duration>(wait);
}

/// The instant `wait` from now; for any `wait` at all.
template <class Rep, class Period>
[[nodiscard]] Instant deadline_after(std::chrono::duration<Rep, Period> wait) noexcept {
    return saturating_add(Instant(native::now(native::Clock::Monotonic)), saturating_cast(wait));
}

/// A clock in the sense of std::chrono over one of the system's.
template <native::Clock clock>
struct ClockOf {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<ClockOf>;
    static constexpr bool is_steady = clock == native::Clock::Monotonic || clock == native::Clock::Boot;

    [[nodiscard]] static time_point now() noexcept { return time_point(native::now(clock)); }
};

/// Goes on while the machine sleeps (CLOCK_BOOTTIME).
using BootClock = ClockOf<native::Clock::Boot>;

/// CPU time of the whole process.
using ProcessCpuClock = ClockOf<native::Clock::ProcessCpu>;

/// CPU time of the calling thread: points of two threads do not compare.
using ThreadCpuClock = ClockOf<native::Clock::ThreadCpu>;

}  // namespace weld::time
