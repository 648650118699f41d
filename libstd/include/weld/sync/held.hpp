// SPDX-License-Identifier: MIT
//
// Held: something that is given back once: what the guards of locks, permits and the ends of a oneshot hold it by.
#pragma once

#include <cassert>
#include <iterator>
#include <utility>

namespace weld::sync {

/// What `for (auto& one : value)` goes over: guards do not lend it from a temporary, which the loop would outlive.
template <class T>
concept Iterated = requires(T& value) {
    std::begin(value);
    std::end(value);
};

/// Refers to a `T`, for which `give_back` is called when this ends; one that was moved from, or that has given back,
/// holds nothing.
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

    /// What is held.
    [[nodiscard]] T& operator*() const noexcept {
        assert(held_ != nullptr);
        return *held_;
    }
    [[nodiscard]] T* operator->() const noexcept { return &**this; }

    [[nodiscard]] bool is_empty() const noexcept { return held_ == nullptr; }

    /// What is held, or null; nothing is from now on, and nothing given back.
    [[nodiscard]] T* take() noexcept { return std::exchange(held_, nullptr); }

private:
    T* held_;
};

}  // namespace weld::sync
