// SPDX-License-Identifier: MIT
//
// Timespec: struct timespec.
#pragma once

#include <compare>
#include <cstdint>

namespace weld::sys {

/// `seconds` since the clock's zero (may be negative), plus 0 to 999,999,999 `nanoseconds`.
struct Timespec {
    std::int64_t seconds;
    std::int64_t nanoseconds;

    friend constexpr auto operator<=>(const Timespec&, const Timespec&) noexcept = default;
};

}  // namespace weld::sys
