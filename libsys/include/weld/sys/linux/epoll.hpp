// SPDX-License-Identifier: MIT
//
// epoll(7): reports which of many descriptors are ready.
#pragma once

#include <weld/sys/arch.hpp>
#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// EPOLL: the events to watch for, and the events that occurred. `Error` and `Hangup` are reported unasked.
enum class EpollEvents : std::uint32_t {
    None = 0,
    In = 0x001,
    Priority = 0x002,
    Out = 0x004,
    Error = 0x008,
    Hangup = 0x010,
    ReadHangup = 0x2000,
};
template <>
inline constexpr bool is_flags<EpollEvents> = true;

/// struct epoll_event: the events that occurred, and the `data` that was given when the descriptor was added.
using EpollEvent = arch::EpollEvent;

enum class EpollFlags : std::int32_t { None = 0, CloseOnExec = 02000000 };
template <>
inline constexpr bool is_flags<EpollFlags> = true;

/// EPOLL_CTL: the operation of epoll_ctl.
enum class EpollOperation : std::int32_t { Add = 1, Delete = 2, Modify = 3 };

/// epoll_create1(2).
[[nodiscard]] WELD_API Result<OwnedFd> epoll_create1(EpollFlags flags) noexcept;

/// epoll_ctl(2): `event` holds the events to watch on `fd`, and the data that `epoll_wait` returns with them.
[[nodiscard]] WELD_API Result<void> epoll_ctl(BorrowedFd epoll, EpollOperation operation, BorrowedFd fd,
                                              EpollEvent event) noexcept;

/// epoll_wait(2): waits until a descriptor that `epoll` watches is ready, at most `milliseconds`, or for ever when they
/// are negative. Fills the front of `target` and returns how many events. Zero when the time ran out; `Errno::Intr`
/// after a signal.
[[nodiscard]] WELD_API Result<std::size_t> epoll_wait(BorrowedFd epoll, std::span<EpollEvent> target,
                                                      std::int32_t milliseconds) noexcept;

}  // namespace weld::sys
