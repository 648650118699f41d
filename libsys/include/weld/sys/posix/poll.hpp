// SPDX-License-Identifier: MIT
//
// poll(2), ppoll(2): wait until one of several descriptors is ready.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/posix/timespec.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weld::sys {

/// POLL: the events to wait for, and the events that occurred. `Error`, `Hangup` and `Invalid` are reported unasked.
enum class PollEvents : std::int16_t {
    None = 0,
    In = 0x01,
    Priority = 0x02,
    Out = 0x04,
    Error = 0x08,
    Hangup = 0x10,
    Invalid = 0x20,
};
template <>
inline constexpr bool is_flags<PollEvents> = true;

/// struct pollfd: `wanted` holds the events to wait for on `fd`, `found` those that occurred. A negative `fd` is
/// skipped.
struct PollFd {
    RawHandle fd;
    PollEvents wanted;
    PollEvents found;
};

/// poll(2): waits until one of `fds` is ready, at most `milliseconds`, or for ever when they are negative;
/// returns how many are ready. Zero when the time ran out; `Errno::Intr` after a signal.
[[nodiscard]] WELD_API Result<std::size_t> poll(std::span<PollFd> fds, std::int32_t milliseconds) noexcept;

/// ppoll(2): as `poll`, but waits at most for `timeout`, or for ever without one. Does not change the signal mask.
[[nodiscard]] WELD_API Result<std::size_t> ppoll(std::span<PollFd> fds,
                                                 const std::optional<Timespec>& timeout) noexcept;

}  // namespace weld::sys
