// SPDX-License-Identifier: MIT
#include <weld/native/futex.hpp>

#include "timespec.hpp"

#include <weld/sys/arch.hpp>
#include <weld/sys/linux/futex.hpp>

namespace weld::native {

bool futex_wait(const FutexWord& word, std::uint32_t expected, std::uint32_t kinds) noexcept {
    return sys::futex_wait_bitset(word, expected, kinds).has_value();
}

Woken futex_wait_until(const FutexWord& word, std::uint32_t expected, Instant deadline, std::uint32_t kinds) noexcept {
    const auto slept = sys::futex_wait_bitset_until(word, expected, to_timespec(deadline), kinds);
    if (slept) {
        return Woken::Yes;
    }
    const bool is_over = slept.error() == sys::Errno::Timedout || now(Clock::Monotonic) >= deadline.time_since_epoch();
    return is_over ? Woken::TimedOut : Woken::No;
}

std::uint32_t futex_wake(const FutexWord* word, std::uint32_t count, std::uint32_t kinds) noexcept {
    return sys::futex_wake_bitset(word, count, kinds);
}

void futex_requeue(const FutexWord* word, std::uint32_t expected, std::uint32_t count,
                   const FutexWord* target) noexcept {
    if (!sys::futex_requeue(word, expected, count, target)) {
        futex_wake(word, count);
    }
}

void spin(std::uint32_t pauses) noexcept {
    for (; pauses > 0; --pauses) {
        sys::arch::spin_hint();
    }
}

}  // namespace weld::native
