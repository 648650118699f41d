// SPDX-License-Identifier: MIT
#include <weld/native/mutex.hpp>

#include <weld/native/futex.hpp>

namespace weld::native {

/// Spins for some microseconds, about the time that going to sleep takes; takes the lock if it is unlocked meanwhile.
bool Mutex::take_soon(std::uint32_t as) noexcept {
    for (int looks = 10; looks > 0; --looks) {
        spin(10);
        std::uint32_t seen = word_.load(std::memory_order_relaxed);
        if (seen == unlocked &&
            word_.compare_exchange_strong(seen, as, std::memory_order_acquire, std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

void Mutex::lock_contended() noexcept {
    std::uint32_t as = locked;
    while (!take_soon(as) && word_.exchange(contended, std::memory_order_acquire) != unlocked) {
        futex_wait(word_, contended);  // woken, changed, or a spurious wake-up: check again
        as = contended;                // others may sleep that the word does not show now
    }
}

bool Mutex::lock_contended(Instant deadline) noexcept {
    std::uint32_t as = locked;
    while (!take_soon(as) && word_.exchange(contended, std::memory_order_acquire) != unlocked) {
        // A waiter that was woken and times out here has marked the word above: the next unlock wakes another.
        if (futex_wait_until(word_, contended, deadline) == Woken::TimedOut) {
            return false;
        }
        as = contended;
    }
    return true;
}

void Mutex::relock() noexcept {
    while (word_.exchange(contended, std::memory_order_acquire) != unlocked) {
        futex_wait(word_, contended);
    }
}

void Mutex::wake(const FutexWord* word) noexcept { futex_wake(word, 1); }

}  // namespace weld::native
