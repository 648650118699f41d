// SPDX-License-Identifier: MIT
//
// The system's struct timespec and weld's Timespec have the same layout.
#pragma once

#include <weld/sys/posix/timespec.hpp>

#include <time.h>
#include <bit>
#include <cstddef>

namespace weld::sys {

static_assert(sizeof(Timespec) == sizeof(timespec) && offsetof(Timespec, nanoseconds) == offsetof(timespec, tv_nsec));

[[nodiscard]] inline timespec to_system(Timespec time) noexcept { return std::bit_cast<timespec>(time); }

}  // namespace weld::sys
