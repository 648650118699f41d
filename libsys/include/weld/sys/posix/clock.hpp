// SPDX-License-Identifier: MIT
//
// Clocks: clock_gettime, clock_nanosleep.
#pragma once

#include <weld/sys/errno.hpp>
#include <weld/sys/posix/timespec.hpp>

#include <cstdint>

namespace weld::sys {

/// The clocks of clock_gettime(2).
enum class ClockId : std::int32_t { Realtime = 0, Monotonic = 1, ProcessCpu = 2, ThreadCpu = 3, Boot = 7 };

/// clock_gettime(2).
[[nodiscard]] WELD_API Result<Timespec> clock_gettime(ClockId clock) noexcept;

/// clock_nanosleep(2) with TIMER_ABSTIME: sleeps until `clock` reaches `deadline`. A signal ends it
/// early with `Errno::Intr`.
[[nodiscard]] WELD_API Result<void> clock_nanosleep_until(ClockId clock, Timespec deadline) noexcept;

}  // namespace weld::sys
