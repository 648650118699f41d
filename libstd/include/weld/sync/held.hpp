// SPDX-License-Identifier: MIT
//
// Held: a reference that is given back exactly once. The guards of locks, permits and the ends of a oneshot hold one.
#pragma once

#include <cassert>
#include <iterator>
#include <utility>

namespace weld::sync {

/// A type that `for (auto& one : value)` iterates over. A temporary guard does not lend such a value, since the loop
/// would outlive the guard.
template <class T>
concept Iterated = requires(T& value) {
    std::begin(value);
    std::end(value);
};

/// Refers to a `T` and calls `give_back` for it when destroyed. A Held that was moved from or has given back holds
/// nothing.
template <class T, void (*give_back)(T&) noexcept>
class Held {
public:
    explicit Held(T& held) noexcept : held_(&held) {}
    Held(Held&& other) noexcept : held_(other.take()) {}
    Held& operator=(Held&& other) noexcept {
        Held taken(std::move(other));
        std::swap(held_, taken.held_);
        return *this;
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        if (held_ != nullptr) {
            give_back(*held_);
        }
    }

    /// The held object.
    [[nodiscard]] T& operator*() const noexcept {
        assert(held_ != nullptr);
        return *held_;
    }
    [[nodiscard]] T* operator->() const noexcept { return &**this; }

    [[nodiscard]] bool is_empty() const noexcept { return held_ == nullptr; }

    /// Releases the held object without giving it back and returns it, or null. This holds nothing afterwards.
    [[nodiscard]] T* take() noexcept { return std::exchange(held_, nullptr); }

private:
    T* held_;
};

}  // namespace weld::sync
