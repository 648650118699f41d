// SPDX-License-Identifier: MIT
//
// Clocks, and sleeping until a deadline.
//
// A time is nanoseconds since the clock's own zero. `Clock::Monotonic` and std::chrono::steady_clock
// are the same clock, so the whole library takes an `Instant` as a deadline.
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

/// The present time of `clock`.
[[nodiscard]] WELD_API std::chrono::nanoseconds now(Clock clock) noexcept;

/// Sleeps until `deadline`; a signal does not end the sleep.
WELD_API void sleep_until(Instant deadline) noexcept;

}  // namespace weld::native
