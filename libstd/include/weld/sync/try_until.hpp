// SPDX-License-Identifier: MIT
//
// try_until: tries something until it succeeds and sleeps in between. For the implementation of channels and
// semaphores.
#pragma once

#include <weld/native/event_count.hpp>
#include <weld/native/futex.hpp>
#include <weld/native/thread.hpp>
#include <weld/time.hpp>

#include <cstddef>
#include <cstdint>

namespace weld::sync {

/// Bytes between data that different processors write, against false sharing.
inline constexpr std::size_t apart = 128;

/// Backs off while another thread is in the middle of an operation, longer each time. If that does not help, the other
/// thread may have been preempted, and yielding gives it a processor again.
inline void look_away(std::uint32_t& pauses) noexcept {
    if (pauses <= 64) {
        native::spin(pauses);
        pauses *= 2;
    } else {
        native::yield_now();
    }
}

/// Spins until `seen()` holds, for some microseconds, about as long as a sleep would take; returns whether it held. The
/// first pause lasts `pauses`. Does not yield: with other threads computing, a yield costs a time slice of theirs,
/// while a sleep ends at once.
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

/// Calls `attempt()` until it returns something other than Later, at most until `*deadline`. Spins at first, then
/// sleeps until `event` is notified.
template <class Try>
Attempt try_until(native::EventCount& event, const time::Instant* deadline, Try attempt) {
    // Long enough for the other side to get some messages ahead: if the two sides met at each message, its cache lines
    // would move between them each time.
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
