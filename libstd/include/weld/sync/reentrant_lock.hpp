// SPDX-License-Identifier: MIT
//
// ReentrantLock: a recursive mutex around a value. The thread that holds it may lock it again.
//
// For code that is called back while it holds its own lock. Sixteen bytes and the value; constant-initialised where the
// value is. All guards of the thread refer to the same value: a change through one guard is seen through the others.
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/sync/held.hpp>
#include <weld/time.hpp>

#include <atomic>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace weld::sync {

/// The lock without a value, for std::scoped_lock and std::unique_lock.
class RawReentrantLock {
public:
    constexpr RawReentrantLock() noexcept = default;
    RawReentrantLock(const RawReentrantLock&) = delete;
    RawReentrantLock& operator=(const RawReentrantLock&) = delete;

    /// Locks once more; waits while another thread holds the lock.
    WELD_API void lock() noexcept;

    /// Locks once more if no other thread holds the lock.
    [[nodiscard]] WELD_API bool try_lock() noexcept;

    /// As `lock`, but waits at most until `deadline`: false when the time ran out.
    [[nodiscard]] WELD_API bool try_lock_until(time::Instant deadline) noexcept;

    /// As `lock`, but waits at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_lock_until(time::deadline_after(wait));
    }

    /// Undoes one `lock`.
    WELD_API void unlock() noexcept;

private:
    [[nodiscard]] bool is_mine() const noexcept;
    void take() noexcept;

    native::Mutex mutex_;
    std::uint32_t times_ = 0;                  // changed by the owner alone
    std::atomic<const void*> owner_{nullptr};  // the owner's own address; all read it, it is exact for the owner
};

template <class T>
class ReentrantLock;

/// The right to use the value of a ReentrantLock. Unlocks once when it is destroyed.
template <class T>
class [[nodiscard]] ReentrantLockGuard {
public:
    [[nodiscard]] T& operator*() const& noexcept { return lock_->value_; }
    /// Deleted for a range: `for (auto& one : *lock.lock())` would iterate after unlocking. Give the guard a name.
    void operator*() const&&
        requires Iterated<T>
    = delete;
    [[nodiscard]] T* operator->() const noexcept { return &lock_->value_; }

private:
    friend class ReentrantLock<T>;

    explicit ReentrantLockGuard(ReentrantLock<T>& lock) noexcept : lock_(lock) {}

    static void give_back(ReentrantLock<T>& lock) noexcept { lock.raw_.unlock(); }

    Held<ReentrantLock<T>, &ReentrantLockGuard::give_back> lock_;
};

template <class T>
class ReentrantLock {
public:
    /// Constructs the value from `arguments`.
    template <class... Arguments>
        requires std::is_constructible_v<T, Arguments...>
    constexpr explicit(sizeof...(Arguments) > 0)
        ReentrantLock(Arguments&&... arguments) noexcept(std::is_nothrow_constructible_v<T, Arguments...>)
        : value_(std::forward<Arguments>(arguments)...) {}

    /// Locks, once more if this thread holds the lock already; waits while another thread holds it.
    ReentrantLockGuard<T> lock() noexcept {
        raw_.lock();
        return ReentrantLockGuard<T>(*this);
    }

    /// Locks if no other thread holds the lock.
    [[nodiscard]] std::optional<ReentrantLockGuard<T>> try_lock() noexcept { return held_if(raw_.try_lock()); }

    /// As `lock`, but waits at most until `deadline`: nullopt when the time ran out.
    [[nodiscard]] std::optional<ReentrantLockGuard<T>> try_lock_until(time::Instant deadline) noexcept {
        return held_if(raw_.try_lock_until(deadline));
    }

    /// As `lock`, but waits at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] std::optional<ReentrantLockGuard<T>> try_lock_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_lock_until(time::deadline_after(wait));
    }

    /// The value, without locking. No other thread may use the lock.
    [[nodiscard]] T& get_mut() noexcept { return value_; }

    /// Moves the value out of a lock that no other thread uses and that is not used any more.
    [[nodiscard]] T into_inner() && { return std::move(value_); }

private:
    friend class ReentrantLockGuard<T>;

    std::optional<ReentrantLockGuard<T>> held_if(bool held) noexcept {
        if (!held) {
            return std::nullopt;
        }
        return ReentrantLockGuard<T>(*this);
    }

    RawReentrantLock raw_;
    T value_;
};

}  // namespace weld::sync
