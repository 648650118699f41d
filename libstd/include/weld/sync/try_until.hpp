// SPDX-License-Identifier: MIT
//
// try_until: trying something until it succeeds, asleep in between. For the implementation of channels.
#pragma once

#include <weld/native/event_count.hpp>
#include <weld/native/futex.hpp>
#include <weld/time.hpp>

#include <cstddef>
#include <cstdint>

namespace weld::sync {

/// Bytes between what different processors write.
inline constexpr std::size_t apart = 128;

/// How long to look away next, when `pauses` were not enough.
[[nodiscard]] constexpr std::uint32_t longer(std::uint32_t pauses) noexcept {
    return pauses < 64 ? pauses * 2 : pauses;
}

/// How an attempt ended.
enum class Attempt : std::uint8_t { Done, Later, Closed, TimedOut };

/// Calls `attempt()` until it gives something else than Later, at most until `*deadline`. It looks on for some
/// microseconds, which is what a sleep would take, and then sleeps until there is a notice of `event`.
template <class Try>
Attempt try_until(native::EventCount& event, const time::Instant* deadline, Try attempt) {
    for (;;) {
        for (std::uint32_t pauses = 1; pauses <= 32; pauses *= 2) {
            if (const Attempt how = attempt(); how != Attempt::Later) {
                return how;
            }
            native::spin(pauses);
        }
        const auto ticket = event.prepare();
        if (const Attempt how = attempt(); how != Attempt::Later) {
            event.cancel(ticket);
            return how;
        }
        if (deadline == nullptr) {
            event.wait(ticket);
        } else if (!event.wait_until(ticket, *deadline)) {
            const Attempt how = attempt();
            return how == Attempt::Later ? Attempt::TimedOut : how;
        }
    }
}

}  // namespace weld::sync
