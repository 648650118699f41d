// SPDX-License-Identifier: MIT
//
// Mutex: a value that one thread at a time may use, or mutual exclusion alone.
//
//     sync::Mutex<std::vector<int>> numbers;              sync::Mutex<> mutex;
//     numbers.lock()->push_back(1);                       const std::scoped_lock lock(mutex);
//
// Constant-initialised where the value is, trivially destructible likewise, four bytes beside it; no allocation.
// Not recursive: who locks twice waits for ever (`reentrant_lock.hpp`). Not fair. An exception that leaves a locked
// section unlocks and no more; whoever wants to know of it keeps a `Poison<T>` inside (`poison.hpp`).
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

/// The right to use the value of a locked Mutex. Unlocks when it ends; one that was moved from holds nothing.
template <class T>
class [[nodiscard]] MutexGuard {
public:
    [[nodiscard]] T& operator*() const& noexcept { return mutex_->value_; }
    /// `for (auto& one : *mutex.lock())` would go on unlocked: give the guard a name, or use `with`.
    void operator*() const&&
        requires Iterated<T>
    = delete;
    [[nodiscard]] T* operator->() const noexcept { return &mutex_->value_; }

    /// Unlocks before the guard ends, which then holds nothing.
    void unlock() noexcept {
        assert(!mutex_.is_empty());
        give_back(*mutex_.take());
    }

    /// Whether it holds the lock: until `unlock`, or until it is moved from.
    [[nodiscard]] bool owns_lock() const noexcept { return !mutex_.is_empty(); }

    /// The lock below, which this holds.
    [[nodiscard]] native::Mutex& as_native() const noexcept { return mutex_->raw_; }

private:
    friend class Mutex<T>;

    explicit MutexGuard(Mutex<T>& mutex) noexcept : mutex_(mutex) {}

    static void give_back(Mutex<T>& mutex) noexcept { mutex.raw_.unlock(); }

    Held<Mutex<T>, &MutexGuard::give_back> mutex_;
};

/// A `T` that only the holder of the lock sees.
template <class T>
class Mutex {
public:
    /// The value made of `arguments`.
    template <class... Arguments>
        requires std::is_constructible_v<T, Arguments...>
    constexpr explicit(sizeof...(Arguments) > 0)
        Mutex(Arguments&&... arguments) noexcept(std::is_nothrow_constructible_v<T, Arguments...>)
        : value_(std::forward<Arguments>(arguments)...) {}
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    /// Waits until no other thread has the value, and takes it.
    MutexGuard<T> lock() noexcept {
        raw_.lock();
        return MutexGuard<T>(*this);
    }

    /// Takes the value if no other thread has it.
    [[nodiscard]] std::optional<MutexGuard<T>> try_lock() noexcept { return held_if(raw_.try_lock()); }

    /// As `lock`, at most until `deadline`.
    [[nodiscard]] std::optional<MutexGuard<T>> try_lock_until(time::Instant deadline) noexcept {
        return held_if(raw_.try_lock_until(deadline));
    }

    /// As `lock`, at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] std::optional<MutexGuard<T>> try_lock_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_lock_until(time::deadline_after(wait));
    }

    /// What `use(value)` gives, run under the lock.
    template <class Use>
    decltype(auto) with(Use&& use) {
        const MutexGuard<T> guard = lock();
        return std::invoke(std::forward<Use>(use), *guard);
    }

    /// The value, of a Mutex that no other thread can see.
    [[nodiscard]] T& get_mut() noexcept { return value_; }

    /// The value, of a Mutex that no other thread can see and that is not used any more.
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

    /// Waits until no other thread holds the mutex, and takes it.
    void lock() noexcept { raw_.lock(); }

    /// Takes the mutex if it is free.
    [[nodiscard]] bool try_lock() noexcept { return raw_.try_lock(); }

    /// As `lock`, at most until `deadline`.
    [[nodiscard]] bool try_lock_until(time::Instant deadline) noexcept { return raw_.try_lock_until(deadline); }

    /// As `lock`, at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] bool try_lock_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_lock_until(time::deadline_after(wait));
    }

    /// Gives up the mutex, which the calling thread holds.
    void unlock() noexcept { raw_.unlock(); }

    /// The lock below.
    [[nodiscard]] native::Mutex& as_native() noexcept { return raw_; }

private:
    native::Mutex raw_;
};

Mutex() -> Mutex<void>;
template <class T>
Mutex(T) -> Mutex<T>;

}  // namespace weld::sync
