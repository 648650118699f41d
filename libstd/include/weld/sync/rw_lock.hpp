// SPDX-License-Identifier: MIT
//
// RwLock: a value behind a reader-writer lock: many threads may read it, or one may change it.
//
//     sync::RwLock<std::map<…>> routes;              routes.read()->find(name);    routes.write()->clear();
//
// Constant-initialised where the value is; four bytes and the value; allocates nothing. A waiting writer keeps new
// readers out, so that it gets its turn. Therefore a thread that takes the read lock twice may deadlock.
#pragma once

#include <weld/native/rw_lock.hpp>
#include <weld/sync/held.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

namespace weld::sync {

template <class T = void>
class RwLock;

/// The right to read the value of a RwLock. Unlocks when it is destroyed.
template <class T>
class [[nodiscard]] RwLockReadGuard {
public:
    [[nodiscard]] const T& operator*() const& noexcept { return lock_->value_; }
    /// Deleted for a range: `for (auto& one : *lock.read())` would iterate after unlocking. Give the guard a name.
    void operator*() const&&
        requires Iterated<const T>
    = delete;
    [[nodiscard]] const T* operator->() const noexcept { return &lock_->value_; }

private:
    friend class RwLock<T>;
    template <class>
    friend class RwLockWriteGuard;

    explicit RwLockReadGuard(const RwLock<T>& lock) noexcept : lock_(lock) {}

    static void give_back(const RwLock<T>& lock) noexcept { lock.raw_.unlock_shared(); }

    Held<const RwLock<T>, &RwLockReadGuard::give_back> lock_;
};

/// The right to change the value of a RwLock. Unlocks when it is destroyed.
template <class T>
class [[nodiscard]] RwLockWriteGuard {
public:
    [[nodiscard]] T& operator*() const& noexcept { return lock_->value_; }
    /// Deleted for a range: `for (auto& one : *lock.write())` would iterate after unlocking. Give the guard a name.
    void operator*() const&&
        requires Iterated<T>
    = delete;
    [[nodiscard]] T* operator->() const noexcept { return &lock_->value_; }

    /// Turns the write lock into a read lock, so that others may read, too. No writer gets in between.
    RwLockReadGuard<T> downgrade() && noexcept {
        lock_->raw_.downgrade();
        return RwLockReadGuard<T>(*lock_.take());
    }

private:
    friend class RwLock<T>;

    explicit RwLockWriteGuard(RwLock<T>& lock) noexcept : lock_(lock) {}

    static void give_back(RwLock<T>& lock) noexcept { lock.raw_.unlock(); }

    Held<RwLock<T>, &RwLockWriteGuard::give_back> lock_;
};

/// A `T` that many threads read or one changes.
template <class T>
class RwLock {
public:
    /// Constructs the value from `arguments`.
    template <class... Arguments>
        requires std::is_constructible_v<T, Arguments...>
    constexpr explicit(sizeof...(Arguments) > 0)
        RwLock(Arguments&&... arguments) noexcept(std::is_nothrow_constructible_v<T, Arguments...>)
        : value_(std::forward<Arguments>(arguments)...) {}
    RwLock(const RwLock&) = delete;
    RwLock& operator=(const RwLock&) = delete;

    /// Takes the read lock; waits while another thread writes or waits to write.
    RwLockReadGuard<T> read() const noexcept {
        raw_.lock_shared();
        return RwLockReadGuard<T>(*this);
    }

    /// Takes the read lock if no thread writes or waits to write.
    [[nodiscard]] std::optional<RwLockReadGuard<T>> try_read() const noexcept {
        return reading_if(raw_.try_lock_shared());
    }

    /// As `read`, but waits at most until `deadline`: nullopt when the time ran out.
    [[nodiscard]] std::optional<RwLockReadGuard<T>> try_read_until(time::Instant deadline) const noexcept {
        return reading_if(raw_.try_lock_shared_until(deadline));
    }

    /// As `read`, but waits at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] std::optional<RwLockReadGuard<T>> try_read_for(
        std::chrono::duration<Rep, Period> wait) const noexcept {
        return try_read_until(time::deadline_after(wait));
    }

    /// Takes the write lock; waits while another thread reads or writes.
    RwLockWriteGuard<T> write() noexcept {
        raw_.lock();
        return RwLockWriteGuard<T>(*this);
    }

    /// Takes the write lock if no thread reads or writes. May fail spuriously while a reader is unlocking.
    [[nodiscard]] std::optional<RwLockWriteGuard<T>> try_write() noexcept { return writing_if(raw_.try_lock()); }

    /// As `write`, but waits at most until `deadline`: nullopt when the time ran out.
    [[nodiscard]] std::optional<RwLockWriteGuard<T>> try_write_until(time::Instant deadline) noexcept {
        return writing_if(raw_.try_lock_until(deadline));
    }

    /// As `write`, but waits at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] std::optional<RwLockWriteGuard<T>> try_write_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_write_until(time::deadline_after(wait));
    }

    /// The value, without locking. No other thread may use the RwLock.
    [[nodiscard]] T& get_mut() noexcept { return value_; }

    /// Moves the value out of a RwLock that no other thread uses and that is not used any more.
    [[nodiscard]] T into_inner() && { return std::move(value_); }

private:
    friend class RwLockReadGuard<T>;
    friend class RwLockWriteGuard<T>;

    std::optional<RwLockReadGuard<T>> reading_if(bool held) const noexcept {
        if (!held) {
            return std::nullopt;
        }
        return RwLockReadGuard<T>(*this);
    }

    std::optional<RwLockWriteGuard<T>> writing_if(bool held) noexcept {
        if (!held) {
            return std::nullopt;
        }
        return RwLockWriteGuard<T>(*this);
    }

    mutable native::RwLock raw_;
    T value_;
};

/// The lock alone, for std::shared_lock and std::unique_lock.
template <>
class RwLock<void> {
public:
    constexpr RwLock() noexcept = default;
    RwLock(const RwLock&) = delete;
    RwLock& operator=(const RwLock&) = delete;

    /// Takes the read lock; waits while another thread writes or waits to write.
    void lock_shared() noexcept { raw_.lock_shared(); }
    /// Takes the read lock if no thread writes or waits to write.
    [[nodiscard]] bool try_lock_shared() noexcept { return raw_.try_lock_shared(); }
    /// As `lock_shared`, but waits at most until `deadline`: false when the time ran out.
    [[nodiscard]] bool try_lock_shared_until(time::Instant deadline) noexcept {
        return raw_.try_lock_shared_until(deadline);
    }
    /// As `lock_shared`, but waits at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_shared_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_lock_shared_until(time::deadline_after(wait));
    }
    /// Gives up the read lock.
    void unlock_shared() noexcept { raw_.unlock_shared(); }

    /// Takes the write lock; waits while another thread reads or writes.
    void lock() noexcept { raw_.lock(); }
    /// Takes the write lock if no thread reads or writes. May fail spuriously while a reader is unlocking.
    [[nodiscard]] bool try_lock() noexcept { return raw_.try_lock(); }
    /// As `lock`, but waits at most until `deadline`: false when the time ran out.
    [[nodiscard]] bool try_lock_until(time::Instant deadline) noexcept { return raw_.try_lock_until(deadline); }
    /// As `lock`, but waits at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_lock_until(time::deadline_after(wait));
    }
    /// Gives up the write lock.
    void unlock() noexcept { raw_.unlock(); }
    /// Turns the write lock into a read lock. No writer gets in between.
    void downgrade() noexcept { raw_.downgrade(); }

private:
    native::RwLock raw_;
};

RwLock() -> RwLock<void>;
template <class T>
RwLock(T) -> RwLock<T>;

}  // namespace weld::sync
