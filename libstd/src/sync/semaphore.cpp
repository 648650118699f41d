// SPDX-License-Identifier: MIT
#include <weld/sync/semaphore.hpp>

#include <weld/native/futex.hpp>
#include <weld/sync/try_until.hpp>

#include <cassert>

namespace weld::sync {

/// Spins for a permit for some microseconds, about as long as going to sleep would take.
bool Semaphore::take_soon() noexcept {
    return look_until([this] { return try_acquire(); }, 1);
}

/// Takes a permit and sets `mark` in the word. If there is no permit, sets the mark that a thread sleeps.
bool Semaphore::take_or_mark(std::uint32_t mark) noexcept {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    for (;;) {
        const std::uint32_t permits = seen & max_permits;
        const std::uint32_t after = permits != 0 ? (seen - 1) | mark : somebody_sleeps;
        if (word_.compare_exchange_weak(seen, after, std::memory_order_acquire, std::memory_order_relaxed)) {
            if (permits > 1 && mark != 0) {
                native::futex_wake(&word_, 1);  // for a sleeper: released while no mark was set
            }
            return permits != 0;
        }
    }
}

void Semaphore::acquire_slowly() noexcept {
    if (take_soon()) {
        return;
    }
    for (std::uint32_t mark = 0; !take_or_mark(mark); mark = somebody_sleeps) {
        native::futex_wait(word_, somebody_sleeps);
    }
}

bool Semaphore::acquire_slowly(time::Instant deadline) noexcept {
    if (take_soon()) {
        return true;
    }
    for (std::uint32_t mark = 0; !take_or_mark(mark); mark = somebody_sleeps) {
        // The mark is set: a thread that was woken and gives up here leaves it for the others.
        if (native::futex_wait_until(word_, somebody_sleeps, deadline) == native::Woken::TimedOut) {
            return false;
        }
    }
    return true;
}

void Semaphore::release(std::uint32_t permits) noexcept {
    const auto* const word = &word_;
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(seen, (seen & max_permits) + permits, std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
    assert(permits <= max_permits - (seen & max_permits));
    if ((seen & somebody_sleeps) != 0) {
        native::futex_wake(word, permits);
    }
}

}  // namespace weld::sync
