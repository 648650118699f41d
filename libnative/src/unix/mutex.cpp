// SPDX-License-Identifier: MIT
#include <weld/native/mutex.hpp>

#include <weld/sys/linux/futex.hpp>

namespace weld::native {

void Mutex::lock_contended() noexcept {
    // A short hold is over sooner than a sleep begins; once somebody sleeps, looking on is in vain.
    for (int looks = 100; looks > 0 && word_.load(std::memory_order_relaxed) == locked; --looks) {
    }
    if (try_lock()) {
        return;
    }
    while (word_.exchange(contended, std::memory_order_acquire) != unlocked) {
        (void)sys::futex_wait(word_, contended);  // awake, changed or interrupted: look again
    }
}

void Mutex::wake(const MutexWord* word) noexcept { sys::futex_wake(word, 1); }

}  // namespace weld::native
