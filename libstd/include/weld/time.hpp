// SPDX-License-Identifier: MIT
//
// Time: std::chrono's types, and the clocks and the arithmetic that it lacks.
//
// A point in time is a `time::Instant` (monotonic, for deadlines and measuring) or a `time::SystemTime` (of the
// calendar, for files). Both are std::chrono types with its arithmetic and comparison. Added here: arithmetic that
// never overflows, but reports the overflow (`checked_`) or saturates (`saturating_`), and three clocks.
#pragma once

#include <weld/native/clock.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace weld::time {

using Duration = std::chrono::nanoseconds;

/// A point on std::chrono::steady_clock. It does not advance while the machine sleeps.
using Instant = native::Instant;

/// A point in UTC, from the year 1677 to 2262.
using SystemTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// `a` + `b`; nullopt on overflow.
[[nodiscard]] constexpr std::optional<Duration> checked_add(Duration a, Duration b) noexcept {
    Duration::rep sum = 0;
    return __builtin_add_overflow(a.count(), b.count(), &sum) ? std::nullopt : std::optional(Duration(sum));
}

/// `a` - `b`; nullopt on overflow.
[[nodiscard]] constexpr std::optional<Duration> checked_sub(Duration a, Duration b) noexcept {
    Duration::rep rest = 0;
    return __builtin_sub_overflow(a.count(), b.count(), &rest) ? std::nullopt : std::optional(Duration(rest));
}

/// `a` times `factor`; nullopt on overflow.
[[nodiscard]] constexpr std::optional<Duration> checked_mul(Duration a, std::int64_t factor) noexcept {
    Duration::rep product = 0;
    return __builtin_mul_overflow(a.count(), factor, &product) ? std::nullopt : std::optional(Duration(product));
}

/// `a` + `b`; on overflow the longest or shortest Duration.
[[nodiscard]] constexpr Duration saturating_add(Duration a, Duration b) noexcept {
    return checked_add(a, b).value_or(b > Duration::zero() ? Duration::max() : Duration::min());
}

/// `a` - `b`; on overflow the longest or shortest Duration.
[[nodiscard]] constexpr Duration saturating_sub(Duration a, Duration b) noexcept {
    return checked_sub(a, b).value_or(b < Duration::zero() ? Duration::max() : Duration::min());
}

/// `a` times `factor`; on overflow the longest or shortest Duration.
[[nodiscard]] constexpr Duration saturating_mul(Duration a, std::int64_t factor) noexcept {
    const bool negative = (a < Duration::zero()) != (factor < 0);
    return checked_mul(a, factor).value_or(negative ? Duration::min() : Duration::max());
}

/// A point in time of any clock, in nanoseconds: an Instant, a SystemTime.
template <class Clock>
using PointOf = std::chrono::time_point<Clock, Duration>;

/// `start` + `wait`; nullopt if that is out of range of the clock.
template <class Clock>
[[nodiscard]] constexpr std::optional<PointOf<Clock>> checked_add(PointOf<Clock> start, Duration wait) noexcept {
    const auto sum = checked_add(start.time_since_epoch(), wait);
    return sum ? std::optional(PointOf<Clock>(*sum)) : std::nullopt;
}

/// `start` - `wait`; nullopt if that is out of range of the clock.
template <class Clock>
[[nodiscard]] constexpr std::optional<PointOf<Clock>> checked_sub(PointOf<Clock> start, Duration wait) noexcept {
    const auto rest = checked_sub(start.time_since_epoch(), wait);
    return rest ? std::optional(PointOf<Clock>(*rest)) : std::nullopt;
}

/// `start` + `wait`, clamped to the first and the last point of the clock.
template <class Clock>
[[nodiscard]] constexpr PointOf<Clock> saturating_add(PointOf<Clock> start, Duration wait) noexcept {
    return PointOf<Clock>(saturating_add(start.time_since_epoch(), wait));
}

/// `start` - `wait`, clamped to the first and the last point of the clock.
template <class Clock>
[[nodiscard]] constexpr PointOf<Clock> saturating_sub(PointOf<Clock> start, Duration wait) noexcept {
    return PointOf<Clock>(saturating_sub(start.time_since_epoch(), wait));
}

/// How long `later` is after `earlier`; nullopt if it is before `earlier`, or on overflow.
template <class Clock>
[[nodiscard]] constexpr std::optional<Duration> checked_since(PointOf<Clock> later, PointOf<Clock> earlier) noexcept {
    return later < earlier ? std::nullopt : checked_sub(later.time_since_epoch(), earlier.time_since_epoch());
}

/// How long `later` is after `earlier`: zero if it is before `earlier`, the longest Duration on overflow.
template <class Clock>
[[nodiscard]] constexpr Duration saturating_since(PointOf<Clock> later, PointOf<Clock> earlier) noexcept {
    return later < earlier ? Duration::zero() : saturating_sub(later.time_since_epoch(), earlier.time_since_epoch());
}

/// Now, for deadlines and measuring.
[[nodiscard]] inline Instant now() noexcept { return Instant(native::now(native::Clock::Monotonic)); }

/// How long ago `start` was; zero if it is in the future.
[[nodiscard]] inline Duration elapsed(Instant start) noexcept { return saturating_since(now(), start); }

/// `wait` in nanoseconds, rounded up; the longest or shortest Duration if it does not fit.
template <class Rep, class Period>
[[nodiscard]] constexpr Duration saturating_cast(std::chrono::duration<Rep, Period> wait) noexcept {
    constexpr std::chrono::duration<double> limit(9.2e9);  // a little less than 2^63 ns
    if (!(wait < limit)) {                                 // also true for infinity and NaN
        return Duration::max();
    }
    return wait <= -limit ? Duration::min() : std::chrono::ceil<Duration>(wait);
}

/// The instant `wait` from now, for any `wait` at all: saturates.
template <class Rep, class Period>
[[nodiscard]] Instant deadline_after(std::chrono::duration<Rep, Period> wait) noexcept {
    return saturating_add(now(), saturating_cast(wait));
}

/// A std::chrono clock over a clock of the system.
template <native::Clock clock>
struct ClockOf {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<ClockOf>;
    static constexpr bool is_steady = clock == native::Clock::Monotonic || clock == native::Clock::Boot;

    [[nodiscard]] static time_point now() noexcept { return time_point(native::now(clock)); }
};

/// Keeps running while the machine sleeps (CLOCK_BOOTTIME).
using BootClock = ClockOf<native::Clock::Boot>;

/// CPU time of the whole process.
using ProcessCpuClock = ClockOf<native::Clock::ProcessCpu>;

/// CPU time of the calling thread. Points of two threads cannot be compared.
using ThreadCpuClock = ClockOf<native::Clock::ThreadCpu>;

}  // namespace weld::time
