// SPDX-License-Identifier: MIT
//
// Converts instants to the format of the kernel.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/sys/posix/timespec.hpp>

#include <algorithm>

namespace weld::native {

/// The kernel refuses negative times; they become zero, which is in the past too.
[[nodiscard]] inline sys::Timespec to_timespec(Instant instant) noexcept {
    constexpr std::int64_t per_second = 1'000'000'000;
    const std::int64_t count = std::max<std::int64_t>(instant.time_since_epoch().count(), 0);
    return {.seconds = count / per_second, .nanoseconds = count % per_second};
}

}  // namespace weld::native
