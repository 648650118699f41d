// SPDX-License-Identifier: MIT
//
// epoll(7): many descriptors, and which of them are ready. So far the waiting alone.
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

/// epoll_wait(2): waits until something that `epoll` watches is ready, at most `milliseconds` or without end when they
/// are negative, fills the front of `target` and returns how many. Zero when nothing was in time; `Errno::Intr` after a
/// signal.
[[nodiscard]] WELD_API Result<std::size_t> epoll_wait(BorrowedFd epoll, std::span<EpollEvent> target,
                                                      std::int32_t milliseconds) noexcept;

}  // namespace weld::sys
