// SPDX-License-Identifier: MIT
//
// Mutex: mutual exclusion in four bytes.
//
// Constant-initialised, trivially destructible, and usable from thread-exit on: no allocation, no
// registration. Not recursive and not fair. Its memory may be freed by another thread right after
// `unlock`: the wake that follows uses the address only. `std::lock_guard` and `std::unique_lock` fit.
//
// States: 0 free, 1 held, 2 held and somebody sleeps. Whoever slept takes the lock as 2, since others
// may sleep still; `unlock` wakes one sleeper when it finds 2. (U. Drepper, "Futexes Are Tricky".)
// Who waits looks seldom: a look takes the word's cache line from the thread that holds the lock, and
// two threads that share a short section run twice as fast when each has its turns in a row.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/repr.hpp>

#include <cstdint>

namespace weld::native {

class Mutex {
public:
    constexpr Mutex() noexcept = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    /// Waits until no other thread holds the mutex, and takes it. What happened before the last `unlock`
    /// is visible afterwards.
    void lock() noexcept {
        if (!try_lock()) [[unlikely]] {
            lock_contended();
        }
    }

    /// Takes the mutex if it is free.
    [[nodiscard]] bool try_lock() noexcept {
        std::uint32_t expected = unlocked;
        return word_.compare_exchange_strong(expected, locked, std::memory_order_acquire, std::memory_order_relaxed);
    }

    /// As `lock`, at most until `deadline`. False when it was never free.
    [[nodiscard]] bool try_lock_until(Instant deadline) noexcept { return try_lock() || lock_contended(deadline); }

    /// As `lock`, by who has just slept for another reason: whoever woke it may hold the mutex still, and others may
    /// have been made to sleep on it. Sleeps without looking on.
    WELD_API void relock() noexcept;

    /// By who holds it: the word, on which others are to be made to sleep until the mutex is given up.
    [[nodiscard]] const FutexWord* word_for_sleepers() noexcept {
        word_.store(contended, std::memory_order_relaxed);
        return &word_;
    }

    /// Gives up the mutex, which the calling thread holds.
    void unlock() noexcept {
        if (word_.exchange(unlocked, std::memory_order_release) == contended) [[unlikely]] {
            wake(&word_);
        }
    }

private:
    static constexpr std::uint32_t unlocked = 0;
    static constexpr std::uint32_t locked = 1;
    static constexpr std::uint32_t contended = 2;

    WELD_API void lock_contended() noexcept;
    [[nodiscard]] WELD_API bool lock_contended(Instant deadline) noexcept;
    [[nodiscard]] bool take_soon(std::uint32_t as) noexcept;
    static WELD_API void wake(const FutexWord* word) noexcept;

    FutexWord word_{unlocked};
};

}  // namespace weld::native
