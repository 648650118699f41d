// SPDX-License-Identifier: MIT
//
// eventfd(2): a counter of eight bytes behind a descriptor.
//
// write(2) of a std::uint64_t adds to the counter. read(2) returns the counter and resets it to zero; it waits while
// the counter is zero.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// EFD_. With `Semaphore` a read takes one off the counter.
enum class EventfdFlags : std::int32_t { None = 0, Semaphore = 1, Nonblock = 04000, CloseOnExec = 02000000 };
template <>
inline constexpr bool is_flags<EventfdFlags> = true;

/// eventfd(2) whose counter starts at `count`.
[[nodiscard]] WELD_API Result<OwnedFd> eventfd(std::uint32_t count, EventfdFlags flags) noexcept;

}  // namespace weld::sys
