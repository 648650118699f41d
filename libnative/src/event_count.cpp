// SPDX-License-Identifier: MIT
#include <weld/native/event_count.hpp>

#include <weld/native/futex.hpp>

#include <bit>
#include <utility>

namespace weld::native {

static_assert(sizeof(std::atomic<std::uint64_t>) == 2 * sizeof(FutexWord));

/// The half that the kernel sleeps on. It alone reads it as a word of its own.
const FutexWord& EventCount::notice_word() const noexcept {
    const auto* halves = reinterpret_cast<const FutexWord*>(&state_);
    return halves[std::endian::native == std::endian::little ? 1 : 0];
}

bool EventCount::is_noticed(Ticket ticket) const noexcept {
    return notices(state_.load(std::memory_order_acquire)) != std::to_underlying(ticket);
}

void EventCount::cancel(Ticket ticket) noexcept {
    std::uint64_t seen = state_.load(std::memory_order_relaxed);
    // Since a notice it may be that this one is not counted any more. One too many costs a notice a system call, one
    // too few a wake.
    while (notices(seen) == std::to_underlying(ticket) && waiters(seen) != 0 &&
           !state_.compare_exchange_weak(seen, seen - one_waiter, std::memory_order_relaxed)) {
    }
}

// The kernel wakes who came first, but real-time threads before all others: a wake can reach one who prepared after its
// notice, in place of one who sleeps since before. So whoever is woken returns. It stays counted, for the other one.
void EventCount::wait(Ticket ticket) noexcept {
    while (!is_noticed(ticket) && !futex_wait(notice_word(), std::to_underlying(ticket))) {
    }
}

bool EventCount::wait_until(Ticket ticket, Instant deadline) noexcept {
    while (!is_noticed(ticket)) {
        const Woken woken = futex_wait_until(notice_word(), std::to_underlying(ticket), deadline);
        if (woken == Woken::TimedOut) {
            const bool noticed = is_noticed(ticket);
            cancel(ticket);
            return noticed;
        }
        if (woken == Woken::Yes) {
            return true;
        }
    }
    return true;
}

void EventCount::notify_some(std::uint32_t count) noexcept {
    const auto* const word = &notice_word();
    std::uint64_t seen = state_.load(std::memory_order_relaxed);
    for (;;) {
        if (waiters(seen) == 0) {
            return;
        }
        const std::uint64_t left = count == all ? 0 : waiters(seen) - 1;
        const std::uint64_t after = (std::uint64_t{notices(seen) + 1} << 32) | left;
        if (state_.compare_exchange_weak(seen, after, std::memory_order_release, std::memory_order_relaxed)) {
            break;
        }
    }
    futex_wake(word, count);
}

}  // namespace weld::native
