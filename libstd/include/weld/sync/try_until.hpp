// SPDX-License-Identifier: MIT
//
// try_until: trying something until it succeeds, asleep in between. For the implementation of channels and semaphores.
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

/// Looks on for some microseconds, which is what a sleep would take, until `seen()` holds; whether it did. The first
/// time it looks away for `pauses`. It does not yield: beside threads that compute that costs turns of theirs, where a
/// sleep ends at once.
template <class Seen>
bool look_until(Seen seen, std::uint32_t pauses) {
    if (seen()) {
        return true;
    }
    if (!native::spin_helps()) {
        return false;
    }
    for (; pauses <= 128; pauses *= 2) {
        native::spin(pauses);
        if (seen()) {
            return true;
        }
    }
    return false;
}

/// How an attempt ended.
enum class Attempt : std::uint8_t { Done, Later, Closed, TimedOut };

/// Calls `attempt()` until it gives something else than Later, at most until `*deadline`: for a while, and then asleep
/// until there is a notice of `event`.
template <class Try>
Attempt try_until(native::EventCount& event, const time::Instant* deadline, Try attempt) {
    // Long enough for the other side to get some messages ahead: where they meet at each, they take its cache lines
    // from each other each time.
    constexpr std::uint32_t ahead = 16;
    for (;;) {
        Attempt how = Attempt::Later;
        const auto is_over = [&] {
            how = attempt();
            return how != Attempt::Later;
        };
        if (look_until(is_over, ahead)) {
            return how;
        }
        const auto ticket = event.prepare();
        if (is_over()) {
            event.cancel(ticket);
            return how;
        }
        if (deadline == nullptr) {
            event.wait(ticket);
        } else if (!event.wait_until(ticket, *deadline) || time::now() >= *deadline) {
            return is_over() ? how : Attempt::TimedOut;
        }
    }
}

}  // namespace weld::sync
