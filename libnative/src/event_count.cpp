// SPDX-License-Identifier: MIT
#include <weld/native/event_count.hpp>

#include <weld/native/futex.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace weld::native {

static_assert(sizeof(std::atomic<std::uint64_t>) == 2 * sizeof(FutexWord));

namespace {

// A sleeper starts with all kinds. A waiter that passes a wake on wakes the kind of its ticket, and no longer has that
// kind itself from then on; a notification wakes all kinds.
std::uint32_t kind_of(EventCount::Ticket ticket) noexcept {
    return std::uint32_t{1} << (std::to_underlying(ticket) % 32);
}

}  // namespace

/// The half of the state that threads sleep on: notifications and claims. Only the kernel reads it as a separate word.
const FutexWord& EventCount::futex_word() const noexcept {
    const auto* halves = reinterpret_cast<const FutexWord*>(&state_);
    return halves[std::endian::native == std::endian::little ? 1 : 0];
}

/// Takes the calling waiter off the counts and returns whether it was notified. Both happen in one atomic step: a
/// waiter that reports no notification has not been claimed.
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

/// For a waiter that a wake has reached. If no notification was for it, the wake belongs to another waiter, if to any,
/// and it passes the wake on. True if it passed the wake on, or tried to.
bool EventCount::pass_on_if_new(Ticket ticket) noexcept {
    std::uint64_t seen = state_.load(std::memory_order_relaxed);
    const auto is_owed = [&] { return notifications(seen) == std::to_underlying(ticket) && claims(seen) != 0; };
    if (!is_owed()) {
        return false;
    }
    if (futex_wake(&futex_word(), 1, kind_of(ticket)) == 0) {
        // Nobody took the wake: its waiter is awake, or has itself passed a wake on and is counted as a waiter again.
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
