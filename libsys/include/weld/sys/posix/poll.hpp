// SPDX-License-Identifier: MIT
//
// poll(2), ppoll(2): waiting until one of several descriptors is ready.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/posix/timespec.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace weld::sys {

/// POLL: what is waited for and what is. `Error`, `Hangup` and `Invalid` come unasked.
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

/// struct pollfd: `wanted` of `fd` is asked for, `found` is the answer. A negative `fd` is left out.
struct PollFd {
    RawHandle fd;
    PollEvents wanted;
    PollEvents found;
};

/// poll(2): waits until one of `fds` is ready, at most `milliseconds` or without end when they are negative,
/// and returns how many are. Zero when none was in time; `Errno::Intr` after a signal.
[[nodiscard]] WELD_API Result<std::size_t> poll(std::span<PollFd> fds, std::int32_t milliseconds) noexcept;

/// ppoll(2): as `poll`, at most for `timeout`, or without end where there is none. The signal mask stays.
[[nodiscard]] WELD_API Result<std::size_t> ppoll(std::span<PollFd> fds,
                                                 const std::optional<Timespec>& timeout) noexcept;

}  // namespace weld::sys
