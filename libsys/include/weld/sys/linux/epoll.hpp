// SPDX-License-Identifier: MIT
//
// epoll(7): many descriptors, and which of them are ready.
#pragma once

#include <weld/sys/arch.hpp>
#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// EPOLL: what is watched and what is. `Error` and `Hangup` come unasked.
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

/// struct epoll_event: what is ready, and `data` as it was given when the descriptor was added.
using EpollEvent = arch::EpollEvent;

enum class EpollFlags : std::int32_t { None = 0, CloseOnExec = 02000000 };
template <>
inline constexpr bool is_flags<EpollFlags> = true;

/// EPOLL_CTL: what epoll_ctl does.
enum class EpollOperation : std::int32_t { Add = 1, Delete = 2, Modify = 3 };

/// epoll_create1(2).
[[nodiscard]] WELD_API Result<OwnedFd> epoll_create1(EpollFlags flags) noexcept;

/// epoll_ctl(2): `event` says what is watched of `fd`, and the data that comes with it.
[[nodiscard]] WELD_API Result<void> epoll_ctl(BorrowedFd epoll, EpollOperation operation, BorrowedFd fd,
                                              EpollEvent event) noexcept;

/// epoll_wait(2): waits until something that `epoll` watches is ready, at most `milliseconds` or without end when they
/// are negative, fills the front of `target` and returns how many. Zero when nothing was in time; `Errno::Intr` after a
/// signal.
[[nodiscard]] WELD_API Result<std::size_t> epoll_wait(BorrowedFd epoll, std::span<EpollEvent> target,
                                                      std::int32_t milliseconds) noexcept;

}  // namespace weld::sys
