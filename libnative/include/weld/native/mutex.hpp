// SPDX-License-Identifier: MIT
//
// Mutex: mutual exclusion in four bytes.
//
// It is constant-initialised and trivially destructible, and can still be used while a thread exits: it allocates and
// registers nothing. It is not recursive and not fair. Another thread may free its memory right after `unlock`: the
// wake that follows uses the address only. `std::lock_guard` and `std::unique_lock` work with it.
//
// States: 0 unlocked, 1 locked, 2 contended (locked, and a thread may sleep). A thread that slept takes the lock as 2,
// since others may still sleep; `unlock` wakes one sleeper when it finds 2. (U. Drepper, "Futexes Are Tricky".)
// A waiter spins with long pauses between its loads: each load takes the cache line of the word from the thread that
// holds the lock. Two threads that share a short critical section run twice as fast when each takes several turns in a
// row.
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

    /// Waits until no other thread holds the mutex, and takes it. Everything before the last `unlock`
    /// happens before the return.
    void lock() noexcept {
        if (!try_lock()) [[unlikely]] {
            lock_contended();
        }
    }

    /// Takes the mutex if it is unlocked. Never waits.
    [[nodiscard]] bool try_lock() noexcept {
        std::uint32_t expected = unlocked;
        return word_.compare_exchange_strong(expected, locked, std::memory_order_acquire, std::memory_order_relaxed);
    }

    /// As `lock`, but waits at most until `deadline`. False when the time ran out.
    [[nodiscard]] bool try_lock_until(Instant deadline) noexcept { return try_lock() || lock_contended(deadline); }

    /// As `lock`, for a thread that has just slept for another reason (on a condition): the notifier may still hold the
    /// mutex, and other waiters may have been requeued to it. Does not spin before it sleeps.
    WELD_API void relock() noexcept;

    /// For the thread that holds the mutex: marks it contended and returns its word, to which waiters can be requeued;
    /// they sleep there until the mutex is unlocked.
    [[nodiscard]] const FutexWord* word_for_sleepers() noexcept {
        word_.store(contended, std::memory_order_relaxed);
        return &word_;
    }

    /// Releases the mutex, which the calling thread must hold.
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
