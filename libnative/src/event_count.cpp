// SPDX-License-Identifier: MIT
#include <weld/native/event_count.hpp>

#include <weld/native/futex.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace weld::native {

static_assert(sizeof(std::atomic<std::uint64_t>) == 2 * sizeof(FutexWord));

namespace {

// Sleepers are of all kinds. A waiter that passes a wake on wakes the kind of its ticket, and is not of that kind
// itself from then on; a notification wakes all kinds.
std::uint32_t kind_of(EventCount::Ticket ticket) noexcept {
    return std::uint32_t{1} << (std::to_underlying(ticket) % 32);
}

}  // namespace

/// The half that the kernel sleeps on: notifications and claims. It alone reads it as a word of its own.
const FutexWord& EventCount::futex_word() const noexcept {
    const auto* halves = reinterpret_cast<const FutexWord*>(&state_);
    return halves[std::endian::native == std::endian::little ? 1 : 0];
}

/// Takes the calling waiter off the counts. Whether it was notified: decided in the same step, so that what is not
/// reported was not claimed.
bool EventCount::leave(Ticket ticket) noexcept {
    std::uint64_t seen = state_.load(std::memory_order_acquire);
    for (;;) {
        const bool notified = notifications(seen) != std::to_underlying(ticket);
        std::uint64_t after = seen;
        if (notified && claims(seen) != 0) {
            after -= one_claim;
        } else if (waiters(seen) < many) {
            after -= one_waiter;
        }
        if (state_.compare_exchange_weak(seen, after, std::memory_order_acquire)) {
            return notified;
        }
    }
}

/// By a waiter that a wake has reached: if it was notified by none, the wake belongs to another, if to anybody. True if
/// it was passed on, or tried to be.
bool EventCount::pass_on_if_new(Ticket ticket) noexcept {
    std::uint64_t seen = state_.load(std::memory_order_relaxed);
    const auto is_owed = [&] { return notifications(seen) == std::to_underlying(ticket) && claims(seen) != 0; };
    if (!is_owed()) {
        return false;
    }
    if (futex_wake(&futex_word(), 1, kind_of(ticket)) == 0) {
        // Nobody took it: whoever it was for is awake, or has passed one on itself and is counted again.
        seen = state_.load(std::memory_order_relaxed);
        while (is_owed() && waiters(seen) < many &&
               !state_.compare_exchange_weak(seen, seen - one_claim + one_waiter, std::memory_order_relaxed)) {
        }
    }
    return true;
}

void EventCount::wait(Ticket ticket) noexcept {
    std::uint32_t kinds = all_kinds;
    for (;;) {
        const std::uint64_t seen = state_.load(std::memory_order_acquire);
        if (notifications(seen) != std::to_underlying(ticket)) {
            (void)leave(ticket);
            return;
        }
        if (futex_wait(futex_word(), static_cast<std::uint32_t>(seen >> 32), kinds) && pass_on_if_new(ticket)) {
            kinds = all_kinds & ~kind_of(ticket);
        }
    }
}

bool EventCount::wait_until(Ticket ticket, Instant deadline) noexcept {
    std::uint32_t kinds = all_kinds;
    for (;;) {
        const std::uint64_t seen = state_.load(std::memory_order_acquire);
        if (notifications(seen) != std::to_underlying(ticket)) {
            return leave(ticket);
        }
        const Woken how = futex_wait_until(futex_word(), static_cast<std::uint32_t>(seen >> 32), deadline, kinds);
        if (how == Woken::TimedOut) {
            return leave(ticket);
        }
        if (how == Woken::Yes && pass_on_if_new(ticket)) {
            kinds = all_kinds & ~kind_of(ticket);
        }
    }
}

void EventCount::notify_some(std::uint32_t count, const FutexWord* target) noexcept {
    const auto* const word = &futex_word();
    std::uint64_t seen = state_.load(std::memory_order_relaxed);
    std::uint64_t after = 0;
    do {
        const std::uint32_t there = waiters(seen);
        if (there == 0) {
            return;
        }
        const std::uint32_t claimed = there >= many ? 0 : std::min({there, count, max_claims - claims(seen)});
        after = seen + one_notification + claimed * one_claim - claimed * one_waiter;
    } while (!state_.compare_exchange_weak(seen, after, std::memory_order_release, std::memory_order_relaxed));
    if (target == nullptr) {
        futex_wake(word, count);
    } else {
        futex_requeue(word, static_cast<std::uint32_t>(after >> 32), count, target);
    }
}

}  // namespace weld::native
