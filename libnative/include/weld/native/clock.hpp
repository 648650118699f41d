// SPDX-License-Identifier: MIT
//
// Clocks, and sleeping until one shows a time.
//
// A time is nanoseconds since the clock's own zero. `Clock::Monotonic` and std::chrono::steady_clock
// are one clock, so an `Instant` is what the whole library takes as a deadline.
#pragma once

#include <weld/sys/api.hpp>

#include <chrono>
#include <cstdint>

namespace weld::native {

enum class Clock : std::uint8_t {
    Realtime,    ///< since 1970-01-01 UTC; an administrator may set it back
    Monotonic,   ///< never goes back; stands still while the machine sleeps
    Boot,        ///< never goes back; counts while the machine sleeps
    ProcessCpu,  ///< CPU time of the process
    ThreadCpu,   ///< CPU time of the calling thread
};

using Instant = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

/// What `clock` shows.
[[nodiscard]] WELD_API std::chrono::nanoseconds now(Clock clock) noexcept;

/// Sleeps until `deadline`, through signals.
WELD_API void sleep_until(Instant deadline) noexcept;

}  // namespace weld::native
