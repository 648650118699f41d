// SPDX-License-Identifier: MIT
//
// Poison: a value that remembers that an exception interrupted its use and may have left it half changed.
//
//     sync::Mutex<sync::Poison<Account>> account;
//     auto guard = account.lock();
//     if (auto use = guard->enter()) { (*use)->balance -= 1; } else { use.error()… }
//
// weld's locks do not poison: an exception unlocks and does no more. A value that must not be used half changed is put
// into the lock as a Poison, whichever lock it is. Reading does not poison: `enter` a const Poison.
#pragma once

#include <weld/sync/held.hpp>

#include <exception>
#include <expected>
#include <functional>
#include <type_traits>
#include <utility>

namespace weld::sync {

template <class T>
class Poison;

/// One use of the value of a Poison. If an exception ends the use, the value is poisoned.
template <class T>
class [[nodiscard]] PoisonGuard {
public:
    PoisonGuard(PoisonGuard&& other) noexcept
        : poison_(std::exchange(other.poison_, nullptr)), exceptions_(other.exceptions_) {}
    PoisonGuard& operator=(PoisonGuard&&) = delete;
    PoisonGuard(const PoisonGuard&) = delete;
    PoisonGuard& operator=(const PoisonGuard&) = delete;
    ~PoisonGuard() {
        if (poison_ != nullptr && std::uncaught_exceptions() > exceptions_) {
            poison_->poisoned_ = true;
        }
    }

    [[nodiscard]] T& operator*() const& noexcept { return poison_->value_; }
    /// Deleted for a range: `for (auto& one : **poison.enter())` would iterate after the use has ended. Give the guard
    /// a name.
    void operator*() const&&
        requires Iterated<T>
    = delete;
    [[nodiscard]] T* operator->() const noexcept { return &poison_->value_; }

private:
    friend class Poison<T>;

    explicit PoisonGuard(Poison<T>& poison) noexcept : poison_(&poison), exceptions_(std::uncaught_exceptions()) {}

    Poison<T>* poison_;
    int exceptions_;
};

/// The error that a value is poisoned, with the value, for a caller that can repair it.
template <class T>
class PoisonError {
public:
    explicit PoisonError(T& value) noexcept : value_(&value) {}

    [[nodiscard]] T& get() const noexcept { return *value_; }

private:
    T* value_;
};

template <class T>
class Poison {
public:
    /// Constructs the value from `arguments`.
    template <class... Arguments>
        requires std::is_constructible_v<T, Arguments...>
    constexpr explicit(sizeof...(Arguments) > 0)
        Poison(Arguments&&... arguments) noexcept(std::is_nothrow_constructible_v<T, Arguments...>)
        : value_(std::forward<Arguments>(arguments)...) {}

    /// Begins a use of the value; an error if the value is poisoned.
    [[nodiscard]] std::expected<PoisonGuard<T>, PoisonError<T>> enter() noexcept {
        if (poisoned_) {
            return std::unexpected(PoisonError<T>(value_));
        }
        return PoisonGuard<T>(*this);
    }

    /// The value for reading; an error if it is poisoned.
    [[nodiscard]] std::expected<std::reference_wrapper<const T>, PoisonError<const T>> enter() const noexcept {
        if (poisoned_) {
            return std::unexpected(PoisonError<const T>(value_));
        }
        return std::cref(value_);
    }

    /// Whether an exception ended a use.
    [[nodiscard]] bool is_poisoned() const noexcept { return poisoned_; }

    /// Says that the value is valid again.
    void clear_poison() noexcept { poisoned_ = false; }

private:
    friend class PoisonGuard<T>;

    bool poisoned_ = false;
    T value_;
};

}  // namespace weld::sync
