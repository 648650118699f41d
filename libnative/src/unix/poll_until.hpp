// SPDX-License-Identifier: MIT
//
// poll_until: poll(2) until a deadline, retried when a signal interrupts it.
#pragma once

#include "retry.hpp"
#include "timespec.hpp"

#include <weld/native/clock.hpp>
#include <weld/sys/posix/poll.hpp>
#include <weld/sys/repr.hpp>

#include <algorithm>
#include <optional>
#include <span>

namespace weld::native {

/// The entry that waits until `handle` can be read, or has reached its end.
[[nodiscard]] constexpr sys::PollFd readable(sys::RawHandle handle) noexcept {
    return {.fd = handle, .wanted = sys::PollEvents::In, .found = sys::PollEvents::None};
}

/// How many of `entries` are ready; zero once `deadline` has passed. Instant::max() is no deadline.
[[nodiscard]] inline sys::Result<std::size_t> poll_until(std::span<sys::PollFd> entries, Instant deadline) noexcept {
    return retry([&]() -> sys::Result<std::size_t> {
        if (deadline == Instant::max()) {
            return sys::ppoll(entries, std::nullopt);
        }
        const Instant now_is(now(Clock::Monotonic));
        return sys::ppoll(entries, to_timespec(Instant(std::max(deadline, now_is) - now_is)));
    });
}

}  // namespace weld::native
