// SPDX-License-Identifier: MIT
#include <weld/native/parker.hpp>

#include "timespec.hpp"

#include <weld/sys/linux/futex.hpp>

namespace weld::native {

// 1 becomes 0 and the token is taken; 0 becomes 2^32-1 and the thread is parked.
bool Parker::take() noexcept { return word_.fetch_sub(1, std::memory_order_acquire) == token; }

void Parker::park() noexcept {
    if (take()) {
        return;
    }
    for (;;) {
        (void)sys::futex_wait(word_, parked);  // awake, changed or interrupted: look again
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
    const sys::Timespec until = to_timespec(deadline);
    for (;;) {
        const auto woken = sys::futex_wait_until(word_, parked, until);
        if (word_.load(std::memory_order_relaxed) == token || (!woken && woken.error() == sys::Errno::Timedout)) {
            // A token that comes at the last moment is taken rather than lost.
            return word_.exchange(empty, std::memory_order_acquire) == token;
        }
    }
}

void Parker::unpark() noexcept {
    if (word_.exchange(token, std::memory_order_release) == parked) {
        sys::futex_wake(&word_, 1);
    }
}

}  // namespace weld::native
