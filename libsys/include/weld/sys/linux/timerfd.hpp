// SPDX-License-Identifier: MIT
//
// timerfd(2): a timer behind a descriptor.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/posix/clock.hpp>
#include <weld/sys/posix/timespec.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

enum class TimerfdFlags : std::int32_t { None = 0, Nonblock = 04000, CloseOnExec = 02000000 };
template <>
inline constexpr bool is_flags<TimerfdFlags> = true;

enum class TimerfdSetFlags : std::int32_t { None = 0, Absolute = 1, CancelOnSet = 2 };
template <>
inline constexpr bool is_flags<TimerfdSetFlags> = true;

/// timerfd_create(2).
[[nodiscard]] WELD_API Result<OwnedFd> timerfd_create(ClockId clock, TimerfdFlags flags) noexcept;

/// timerfd_settime(2) without an interval: `timer` becomes readable once, after `time`, or at `time` with `Absolute`.
/// Zero disarms it.
[[nodiscard]] WELD_API Result<void> timerfd_settime(BorrowedFd timer, TimerfdSetFlags flags, Timespec time) noexcept;

}  // namespace weld::sys
