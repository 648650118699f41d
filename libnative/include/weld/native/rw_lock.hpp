// SPDX-License-Identifier: MIT
//
// RwLock: many readers or one writer, in four bytes.
//
// Constant-initialised, trivially destructible, usable from thread-exit on, no allocation. Its memory may be freed
// right after the last unlock. A writer that waits keeps new readers out, so writers do not starve, and a thread that
// reads twice at once may wait for itself. A reader that was woken goes before writers that still wait.
//
// The word counts readers in its lower 28 bits; above are three flags: readers sleep, writers sleep, a writer holds
// it. A reader adds itself first and looks afterwards (one instruction that never fails, where comparing and
// exchanging fails as often as another reader comes); if it may not read it takes itself away again and sleeps. So a
// count may be of readers that do not read, and whoever takes the count to zero while a writer sleeps wakes it.
//
// Each release is one operation on the word, and what follows uses its address alone. A writer's clears both sleep
// flags and wakes one writer and all readers; who then has to sleep once more sets its flag again, and a writer that
// slept takes the lock with the flag of writers set, since others may sleep still. The last reader's keeps the flag,
// so that no reader overtakes the writer that it wakes. A writer whose time runs out wakes another one, which then
// stands behind the flags; if there is none, it clears both and wakes all, so no flag is left that nobody stands
// behind. (To clear them always would let the readers that sleep overtake the other writers each time.)
//
// The readers' fetch_sub (release) pairs with the writer's exchange (acquire), the writer's release with the readers'
// fetch_add or load (acquire).
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/repr.hpp>

#include <cstdint>

namespace weld::native {

class RwLock {
public:
    constexpr RwLock() noexcept = default;
    RwLock(const RwLock&) = delete;
    RwLock& operator=(const RwLock&) = delete;

    /// Waits until no writer holds the lock or waits for it, and reads.
    void lock_shared() noexcept {
        if ((word_.fetch_add(1, std::memory_order_acquire) & (write_locked | writers_sleep)) != 0) [[unlikely]] {
            (void)lock_shared_contended(nullptr);
        }
    }

    /// Reads if no writer holds the lock or waits for it.
    [[nodiscard]] WELD_API bool try_lock_shared() noexcept;

    /// As `lock_shared`, at most until `deadline`.
    [[nodiscard]] bool try_lock_shared_until(Instant deadline) noexcept {
        return (word_.fetch_add(1, std::memory_order_acquire) & (write_locked | writers_sleep)) == 0 ||
               lock_shared_contended(&deadline);
    }

    /// Ends reading.
    void unlock_shared() noexcept {
        const std::uint32_t before = word_.fetch_sub(1, std::memory_order_release);
        if ((before & (readers | writers_sleep | write_locked)) == (1 | writers_sleep)) [[unlikely]] {
            wake_writer(&word_);
        }
    }

    /// Waits until nobody holds the lock, and takes it for writing.
    void lock() noexcept {
        if (!try_lock()) [[unlikely]] {
            (void)lock_contended(nullptr);
        }
    }

    /// Takes the lock for writing if nobody holds it. It may fail while a reader is on its way out.
    [[nodiscard]] bool try_lock() noexcept {
        std::uint32_t expected = 0;
        return word_.compare_exchange_strong(expected, write_locked, std::memory_order_acquire,
                                             std::memory_order_relaxed);
    }

    /// As `lock`, at most until `deadline`.
    [[nodiscard]] bool try_lock_until(Instant deadline) noexcept { return try_lock() || lock_contended(&deadline); }

    /// Ends writing.
    void unlock() noexcept {
        std::uint32_t expected = write_locked;
        if (!word_.compare_exchange_strong(expected, 0, std::memory_order_release, std::memory_order_relaxed))
            [[unlikely]] {
            release_contended(0);
        }
    }

    /// Makes of the writer a reader; no other writer comes between.
    void downgrade() noexcept {
        std::uint32_t expected = write_locked;
        if (!word_.compare_exchange_strong(expected, 1, std::memory_order_release, std::memory_order_relaxed))
            [[unlikely]] {
            release_contended(1);
        }
    }

private:
    static constexpr std::uint32_t readers = (1U << 28) - 1;
    static constexpr std::uint32_t readers_sleep = 1U << 28;
    static constexpr std::uint32_t writers_sleep = 1U << 29;
    static constexpr std::uint32_t write_locked = 1U << 30;

    WELD_API bool lock_shared_contended(const Instant* deadline) noexcept;
    WELD_API bool lock_contended(const Instant* deadline) noexcept;
    void give_up_writing() noexcept;
    WELD_API void release_contended(std::uint32_t as_readers) noexcept;
    static WELD_API void wake_writer(const FutexWord* word) noexcept;

    [[nodiscard]] bool may_read_soon(bool overtakes) noexcept;
    [[nodiscard]] bool take_soon(std::uint32_t with) noexcept;
    [[nodiscard]] bool sleep(std::uint32_t flag, std::uint32_t seen, const Instant* deadline, bool& woken) noexcept;

    FutexWord word_{0};
};

}  // namespace weld::native
