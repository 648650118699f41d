// SPDX-License-Identifier: MIT
#include <weld/native/once.hpp>

#include <weld/native/futex.hpp>

#include <limits>

namespace weld::native {

bool Once::begin() noexcept {
    std::uint32_t seen = word_.load(std::memory_order_acquire);
    while (seen != completed) {
        if ((seen & running) != 0) {
            wait_for_change(seen);
            seen = word_.load(std::memory_order_acquire);
        } else if (word_.compare_exchange_weak(seen, seen | running, std::memory_order_acquire)) {
            return true;
        }
    }
    return false;
}

void Once::complete() noexcept { end(completed); }

void Once::abandon() noexcept { end(incomplete); }

void Once::wait() noexcept {
    for (std::uint32_t seen = 0; (seen = word_.load(std::memory_order_acquire)) != completed;) {
        wait_for_change(seen);
    }
}

void Once::end(std::uint32_t state) noexcept {
    if ((word_.exchange(state, std::memory_order_release) & somebody_waits) != 0) {
        futex_wake(&word_, std::numeric_limits<std::int32_t>::max());
    }
}

void Once::wait_for_change(std::uint32_t seen) noexcept {
    const std::uint32_t waited_for = seen | somebody_waits;
    if (seen == waited_for || word_.compare_exchange_strong(seen, waited_for, std::memory_order_relaxed)) {
        futex_wait(word_, waited_for);
    }
}

}  // namespace weld::native
