// SPDX-License-Identifier: MIT
#include <weld/native/futex.hpp>

#include "cpu_mask.hpp"
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
    return slept.error() == sys::Errno::Timedout ? Woken::TimedOut : Woken::No;
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

bool spin_helps() noexcept {
    static constinit std::atomic<bool> has_several{false};
    if (has_several.load(std::memory_order_relaxed)) {
        return true;
    }
    const auto all = CpuMask::of_process();
    const auto mine = CpuMask::current();
    const bool has_one = all && mine && all->count() == 1 && *all == *mine;
    has_several.store(!has_one, std::memory_order_relaxed);
    return !has_one;
}

void spin(std::uint32_t pauses) noexcept {
    for (; pauses > 0; --pauses) {
        sys::arch::spin_hint();
    }
}

}  // namespace weld::native
