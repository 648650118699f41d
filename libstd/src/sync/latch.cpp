// SPDX-License-Identifier: MIT
#include <weld/sync/latch.hpp>

#include <weld/native/futex.hpp>

#include <limits>

namespace weld::sync {

void Latch::wait() const noexcept {
    // Only the last count_down wakes: earlier ones change the word during a sleep without ending it.
    for (std::uint32_t left = 0; (left = left_.load(std::memory_order_acquire)) != 0;) {
        native::futex_wait(left_, left);
    }
}

bool Latch::wait_until(time::Instant deadline) const noexcept {
    for (std::uint32_t left = 0; (left = left_.load(std::memory_order_acquire)) != 0;) {
        if (native::futex_wait_until(left_, left, deadline) == native::Woken::TimedOut) {
            return try_wait();
        }
    }
    return true;
}

void Latch::wake(const native::FutexWord* word) noexcept {
    native::futex_wake(word, std::numeric_limits<std::int32_t>::max());
}

}  // namespace weld::sync
