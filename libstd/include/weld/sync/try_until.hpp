// SPDX-License-Identifier: MIT
//
// try_until: trying something until it succeeds, asleep in between. For the implementation of channels.
#pragma once

#include <weld/native/event_count.hpp>
#include <weld/native/futex.hpp>
#include <weld/native/thread.hpp>
#include <weld/time.hpp>

#include <cstddef>
#include <cstdint>

namespace weld::sync {

/// Bytes between what different processors write.
inline constexpr std::size_t apart = 128;

/// Looks away while another thread is in the middle of something, longer each time. When that does not help the other
/// one may have lost its processor, and to let others run is what gives it back.
inline void look_away(std::uint32_t& pauses) noexcept {
    if (pauses <= 64) {
        native::spin(pauses);
        pauses *= 2;
    } else {
        native::yield_now();
    }
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
        } else if (!event.wait_until(ticket, *deadline) || time::now() >= *deadline) {
            const Attempt how = attempt();
            return how == Attempt::Later ? Attempt::TimedOut : how;
        }
    }
}

}  // namespace weld::sync
