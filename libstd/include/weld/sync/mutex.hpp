// SPDX-License-Identifier: MIT
//
// Mutex: a value that one thread at a time may use, or mutual exclusion alone.
//
//     sync::Mutex<std::vector<int>> numbers;              sync::Mutex<> mutex;
//     numbers.lock()->push_back(1);                       const std::scoped_lock lock(mutex);
//
// Constant-initialised and trivially destructible where the value is; four bytes and the value; allocates nothing. Not
// recursive: a thread that locks it twice deadlocks (`reentrant_lock.hpp` is the recursive mutex). Not fair. An
// exception that leaves a locked section unlocks the mutex and does no more; a `Poison<T>` inside records it
// (`poison.hpp`).
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/sync/held.hpp>
#include <weld/time.hpp>

#include <cassert>
#include <chrono>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace weld::sync {

template <class T = void>
class Mutex;

/// The right to use the value of a locked Mutex. Unlocks when it is destroyed. A guard that was moved from holds
/// nothing.
template <class T>
class [[nodiscard]] MutexGuard {
public:
    [[nodiscard]] T& operator*() const& noexcept { return mutex_->value_; }
    /// Deleted for a range: `for (auto& one : *mutex.lock())` would iterate after unlocking. Give the guard a name, or
    /// use `with`.
    void operator*() const&&
        requires Iterated<T>
    = delete;
    [[nodiscard]] T* operator->() const noexcept { return &mutex_->value_; }

    /// Unlocks early. The guard holds nothing afterwards.
    void unlock() noexcept {
        assert(!mutex_.is_empty());
        give_back(*mutex_.take());
    }

    /// Whether the guard holds the lock: true until `unlock`, or until it is moved from.
    [[nodiscard]] bool owns_lock() const noexcept { return !mutex_.is_empty(); }

    /// The native lock below, which this guard holds.
    [[nodiscard]] native::Mutex& as_native() const noexcept { return mutex_->raw_; }

private:
    friend class Mutex<T>;

    explicit MutexGuard(Mutex<T>& mutex) noexcept : mutex_(mutex) {}

    static void give_back(Mutex<T>& mutex) noexcept { mutex.raw_.unlock(); }

    Held<Mutex<T>, &MutexGuard::give_back> mutex_;
};

/// A `T` that only the holder of the lock can reach.
template <class T>
class Mutex {
public:
    /// Constructs the value from `arguments`.
    template <class... Arguments>
        requires std::is_constructible_v<T, Arguments...>
    constexpr explicit(sizeof...(Arguments) > 0)
        Mutex(Arguments&&... arguments) noexcept(std::is_nothrow_constructible_v<T, Arguments...>)
        : value_(std::forward<Arguments>(arguments)...) {}
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    /// Locks the mutex; waits while another thread holds it.
    MutexGuard<T> lock() noexcept {
        raw_.lock();
        return MutexGuard<T>(*this);
    }

    /// Locks the mutex if it is free.
    [[nodiscard]] std::optional<MutexGuard<T>> try_lock() noexcept { return held_if(raw_.try_lock()); }

    /// As `lock`, but waits at most until `deadline`: nullopt when the time ran out.
    [[nodiscard]] std::optional<MutexGuard<T>> try_lock_until(time::Instant deadline) noexcept {
        return held_if(raw_.try_lock_until(deadline));
    }

    /// As `lock`, but waits at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] std::optional<MutexGuard<T>> try_lock_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_lock_until(time::deadline_after(wait));
    }

    /// Returns `use(value)`, called under the lock.
    template <class Use>
    decltype(auto) with(Use&& use) {
        const MutexGuard<T> guard = lock();
        return std::invoke(std::forward<Use>(use), *guard);
    }

    /// The value, without locking. No other thread may use the Mutex.
    [[nodiscard]] T& get_mut() noexcept { return value_; }

    /// Moves the value out of a Mutex that no other thread uses and that is not used any more.
    [[nodiscard]] T into_inner() && { return std::move(value_); }

private:
    friend class MutexGuard<T>;

    std::optional<MutexGuard<T>> held_if(bool held) noexcept {
        if (!held) {
            return std::nullopt;
        }
        return MutexGuard<T>(*this);
    }

    native::Mutex raw_;
    T value_;
};

/// Mutual exclusion alone, for std::scoped_lock and std::unique_lock.
template <>
class Mutex<void> {
public:
    constexpr Mutex() noexcept = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    /// Locks the mutex; waits while another thread holds it.
    void lock() noexcept { raw_.lock(); }

    /// Locks the mutex if it is free.
    [[nodiscard]] bool try_lock() noexcept { return raw_.try_lock(); }

    /// As `lock`, but waits at most until `deadline`: false when the time ran out.
    [[nodiscard]] bool try_lock_until(time::Instant deadline) noexcept { return raw_.try_lock_until(deadline); }

    /// As `lock`, but waits at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_lock_until(time::deadline_after(wait));
    }

    /// Unlocks the mutex, which the calling thread holds.
    void unlock() noexcept { raw_.unlock(); }

    /// The native lock below.
    [[nodiscard]] native::Mutex& as_native() noexcept { return raw_; }

private:
    native::Mutex raw_;
};

Mutex() -> Mutex<void>;
template <class T>
Mutex(T) -> Mutex<T>;

}  // namespace weld::sync
