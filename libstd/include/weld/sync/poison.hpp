// SPDX-License-Identifier: MIT
//
// Poison: a value that remembers that somebody left it by an exception, and maybe half changed.
//
//     sync::Mutex<sync::Poison<Account>> account;
//     auto guard = account.lock();
//     if (auto use = guard->enter()) { (*use)->balance -= 1; } else { use.error()… }
//
// weld's locks do not poison: an exception unlocks and no more. Who has a value that must not be used half changed
// keeps a Poison of it in the lock, whichever lock it is. Reading does not poison: `enter` a const one.
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

/// The use of the value of a Poison, which is poisoned if the use ends by an exception.
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
    /// Deleted for a range, which `for (auto& one : **poison.enter())` would go over after the use: give the guard a
    /// name.
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

/// That a value was left by an exception, and the value, for who can mend it.
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
    /// The value made of `arguments`.
    template <class... Arguments>
        requires std::is_constructible_v<T, Arguments...>
    constexpr explicit(sizeof...(Arguments) > 0)
        Poison(Arguments&&... arguments) noexcept(std::is_nothrow_constructible_v<T, Arguments...>)
        : value_(std::forward<Arguments>(arguments)...) {}

    /// The use of the value, or the error that says that it is poisoned.
    [[nodiscard]] std::expected<PoisonGuard<T>, PoisonError<T>> enter() noexcept {
        if (poisoned_) {
            return std::unexpected(PoisonError<T>(value_));
        }
        return PoisonGuard<T>(*this);
    }

    /// The value to read, or the error that says that it is poisoned.
    [[nodiscard]] std::expected<std::reference_wrapper<const T>, PoisonError<const T>> enter() const noexcept {
        if (poisoned_) {
            return std::unexpected(PoisonError<const T>(value_));
        }
        return std::cref(value_);
    }

    /// Whether a use ended by an exception.
    [[nodiscard]] bool is_poisoned() const noexcept { return poisoned_; }

    /// The value is in order again.
    void clear_poison() noexcept { poisoned_ = false; }

private:
    friend class PoisonGuard<T>;

    bool poisoned_ = false;
    T value_;
};

}  // namespace weld::sync
