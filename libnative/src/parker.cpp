// SPDX-License-Identifier: MIT
#include <weld/native/parker.hpp>

#include <weld/native/futex.hpp>

namespace weld::native {

// 1 becomes 0: the token is taken. 0 becomes 2^32-1: the thread is parked.
bool Parker::take() noexcept { return word_.fetch_sub(1, std::memory_order_acquire) == token; }

void Parker::park() noexcept {
    if (take()) {
        return;
    }
    for (;;) {
        futex_wait(word_, parked);  // woken, changed, or a spurious wake-up: check again
        std::uint32_t expected = token;
        if (word_.compare_exchange_strong(expected, empty, std::memory_order_acquire, std::memory_order_relaxed)) {
            return;
        }
    }
}

bool Parker::park_until(Instant deadline) noexcept {
    if (take()) {
        return true;
    }
    for (;;) {
        const Woken woken = futex_wait_until(word_, parked, deadline);
        if (word_.load(std::memory_order_relaxed) == token || woken == Woken::TimedOut) {
            // A token that arrives at the last moment is taken, not lost.
            return word_.exchange(empty, std::memory_order_acquire) == token;
        }
    }
}

void Parker::unpark() noexcept {
    if (word_.exchange(token, std::memory_order_release) == parked) {
        futex_wake(&word_, 1);
    }
}

}  // namespace weld::native
