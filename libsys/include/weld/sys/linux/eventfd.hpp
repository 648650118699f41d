// SPDX-License-Identifier: MIT
//
// eventfd(2): a counter of eight bytes behind a descriptor.
//
// write(2) of a std::uint64_t adds to it; read(2) takes it whole and waits while it is zero.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// EFD_. With `Semaphore` a read takes one.
enum class EventfdFlags : std::int32_t { None = 0, Semaphore = 1, Nonblock = 04000, CloseOnExec = 02000000 };
template <>
inline constexpr bool is_flags<EventfdFlags> = true;

/// eventfd(2) that begins at `count`.
[[nodiscard]] WELD_API Result<OwnedFd> eventfd(std::uint32_t count, EventfdFlags flags) noexcept;

}  // namespace weld::sys
