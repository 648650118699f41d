// SPDX-License-Identifier: MIT
//
// RwLock: many readers or one writer, in four bytes.
//
// It is constant-initialised and trivially destructible, can still be used while a thread exits, and allocates nothing.
// Its memory may be freed right after the last unlock. A waiting writer keeps new readers out, so writers do not
// starve; a thread that takes the lock for reading twice may deadlock. A reader that was woken overtakes writers that
// still wait.
//
// The word counts readers in its lower 28 bits; above are three flags: readers sleep, writers sleep, a writer holds the
// lock. A reader first adds itself and then checks (one instruction that never fails, while a compare-exchange fails
// whenever another reader comes). If it may not read, it subtracts itself again and sleeps. So the count may include
// threads that do not read, and the thread that takes the count to zero while a writer sleeps wakes that writer.
//
// Each release is one operation on the word; the wake that follows uses its address only. The release of a writer
// clears both sleep flags and wakes one writer and all readers. A thread that then has to sleep again sets its flag
// again, and a writer that slept takes the lock with the writers' flag set, since others may still sleep. The release
// of the last reader keeps the flag, so that no reader overtakes the writer that it wakes. A writer that times out
// wakes another writer, which then takes over the flags; if there is none, it clears both flags and wakes all, so that
// no flag stays set without a sleeper. (If it always cleared them, sleeping readers would overtake the other writers
// each time.)
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

    /// Waits until no writer holds the lock or waits for it, and takes it for reading.
    void lock_shared() noexcept {
        if ((word_.fetch_add(1, std::memory_order_acquire) & (write_locked | writers_sleep)) != 0) [[unlikely]] {
            (void)lock_shared_contended(nullptr);
        }
    }

    /// Takes the lock for reading if no writer holds it or waits for it.
    [[nodiscard]] WELD_API bool try_lock_shared() noexcept;

    /// As `lock_shared`, but waits at most until `deadline`: false when the time ran out.
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

    /// Waits until no thread holds the lock, and takes it for writing.
    void lock() noexcept {
        if (!try_lock()) [[unlikely]] {
            (void)lock_contended(nullptr);
        }
    }

    /// Takes the lock for writing if no thread holds it. May fail while a reader is about to leave.
    [[nodiscard]] bool try_lock() noexcept {
        std::uint32_t expected = 0;
        return word_.compare_exchange_strong(expected, write_locked, std::memory_order_acquire,
                                             std::memory_order_relaxed);
    }

    /// As `lock`, but waits at most until `deadline`: false when the time ran out.
    [[nodiscard]] bool try_lock_until(Instant deadline) noexcept { return try_lock() || lock_contended(&deadline); }

    /// Ends writing.
    void unlock() noexcept {
        std::uint32_t expected = write_locked;
        if (!word_.compare_exchange_strong(expected, 0, std::memory_order_release, std::memory_order_relaxed))
            [[unlikely]] {
            release_contended(0);
        }
    }

    /// Turns the calling writer into a reader, atomically: no other writer gets the lock in between.
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
