// SPDX-License-Identifier: MIT
#include <weld/native/rw_lock.hpp>

#include <weld/native/futex.hpp>

#include <limits>

namespace weld::native {

namespace {

// The kind of a sleeper is the flag that it sets.
constexpr std::uint32_t everyone = std::numeric_limits<std::int32_t>::max();

}  // namespace

bool RwLock::try_lock_shared() noexcept {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    while ((seen & (write_locked | writers_sleep)) == 0) {
        if (word_.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire, std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/// Spins for some microseconds until a reader may take the lock, and returns whether it may; one that `overtakes` goes
/// before sleeping writers.
bool RwLock::may_read_soon(bool overtakes) noexcept {
    const std::uint32_t against = overtakes ? write_locked : write_locked | writers_sleep;
    for (int looks = 10; looks > 0; --looks) {
        if ((word_.load(std::memory_order_relaxed) & against) == 0) {
            return true;
        }
        spin(10);
    }
    return false;
}

/// Sleeps with `flag` set in the word, which held `seen`. False when the time ran out.
bool RwLock::sleep(std::uint32_t flag, std::uint32_t seen, const Instant* deadline, bool& woken) noexcept {
    if ((seen & flag) == 0 && !word_.compare_exchange_strong(seen, seen | flag, std::memory_order_relaxed)) {
        return true;  // the word has changed: check again
    }
    if (deadline == nullptr) {
        woken |= futex_wait(word_, seen | flag, flag);
        return true;
    }
    const Woken how = futex_wait_until(word_, seen | flag, *deadline, flag);
    woken |= how == Woken::Yes;
    return how != Woken::TimedOut;
}

bool RwLock::lock_shared_contended(const Instant* deadline) noexcept {
    bool woken = false;
    for (;;) {
        // This reader is counted: if no writer holds the lock now, none can take it before this reader has left.
        const std::uint32_t counted = word_.load(std::memory_order_acquire);
        if ((counted & write_locked) == 0 && (woken || (counted & writers_sleep) == 0)) {
            return true;
        }
        unlock_shared();
        while (!may_read_soon(woken)) {
            const std::uint32_t seen = word_.load(std::memory_order_relaxed);
            const bool may_read = (seen & write_locked) == 0 && (woken || (seen & writers_sleep) == 0);
            if (!may_read && !sleep(readers_sleep, seen, deadline, woken)) {
                return false;
            }
        }
        word_.fetch_add(1, std::memory_order_acquire);
    }
}

/// Spins for some microseconds; takes the lock for writing, with `with` set in the word, if it is free meanwhile.
bool RwLock::take_soon(std::uint32_t with) noexcept {
    for (int looks = 10; looks > 0; --looks) {
        std::uint32_t seen = word_.load(std::memory_order_relaxed);
        if ((seen & (readers | write_locked)) == 0 &&
            word_.compare_exchange_strong(seen, seen | write_locked | with, std::memory_order_acquire,
                                          std::memory_order_relaxed)) {
            return true;
        }
        spin(10);
    }
    return false;
}

bool RwLock::lock_contended(const Instant* deadline) noexcept {
    bool woken = false;
    std::uint32_t with = 0;
    while (!take_soon(with)) {
        const std::uint32_t seen = word_.load(std::memory_order_relaxed);
        if ((seen & (readers | write_locked)) == 0) {
            continue;
        }
        if (!sleep(writers_sleep, seen, deadline, woken)) {
            give_up_writing();
            return false;
        }
        with = writers_sleep;
    }
    return true;
}

/// For a writer whose time ran out. Wakes another sleeping writer and leaves the flags to it. If no writer sleeps, it
/// clears the flags and wakes all.
void RwLock::give_up_writing() noexcept {
    if (futex_wake(&word_, 1, writers_sleep) == 0) {
        // Readers may sleep because of the flag of a writer that has given up. A writer that has just gone to sleep is
        // woken too, and tries again.
        word_.fetch_and(~(readers_sleep | writers_sleep), std::memory_order_relaxed);
        futex_wake(&word_, everyone);
    }
}

/// Ends writing, with `as_readers` readers in place of the writer, and wakes the sleepers.
void RwLock::release_contended(std::uint32_t as_readers) noexcept {
    constexpr std::uint32_t kept = ~(write_locked | readers_sleep | writers_sleep);
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(seen, (seen & kept) + as_readers, std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
    if ((seen & writers_sleep) != 0) {
        futex_wake(&word_, 1, writers_sleep);
    }
    if ((seen & readers_sleep) != 0) {
        futex_wake(&word_, everyone, readers_sleep);
    }
}

void RwLock::wake_writer(const FutexWord* word) noexcept { futex_wake(word, 1, writers_sleep); }

}  // namespace weld::native
