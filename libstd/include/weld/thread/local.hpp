// SPDX-License-Identifier: MIT
//
// Local: a thread-local value, made on the thread's first use.
//
//     constinit thread_local thread::Local<std::string> request_id;
//     request_id.get() = "…";  // of the calling thread
//
// Declare a Local thread_local; it stays a thread-local of the compiler: constant-initialised and trivially
// destructible, so an access takes no guard and no call. `get` adds one comparison. A Local adds to C++'s own
// thread_local: it knows whether its value exists; the value can be taken, replaced and made anew; and after the
// thread's end has destroyed the value, `try_get` returns null instead of a dangling reference.
//
// A thread's values are destroyed when the thread ends, after its closure, in LIFO order of their making. A destructor
// may use other values; a value that it makes for the first time is destroyed, too. A value that needs no destructor is
// registered nowhere. The calls that need a value (`get`, `with`, `set`, `replace`) end the process with a message if
// the thread's end has destroyed the value, or if the caller is inside the making or destroying of that value.
#pragma once

#include <weld/sys/api.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace weld::thread {

/// Calls `end(object)` when the calling thread ends, in LIFO order. For the implementation of Local.
WELD_API void at_thread_end(void (*end)(void* object), void* object) noexcept;

/// Ends the process with a message: the value that a call needs is gone, or is being made or destroyed. For the
/// implementation of Local.
[[noreturn]] WELD_API void die_of_local() noexcept;

template <class T>
class Local {
    static_assert(std::is_object_v<T> && !std::is_array_v<T>);

public:
    using Make = T (*)();

    /// A thread's first value is `T()`.
    constexpr Local() noexcept
        requires std::is_default_constructible_v<T>
    = default;

    /// A thread's first value is `make()`.
    constexpr explicit Local(Make make) noexcept : make_(make) {}

    Local(const Local&) = delete;
    Local& operator=(const Local&) = delete;

    /// Returns the calling thread's value; makes it if there is none. Throws what making it throws.
    [[nodiscard]] T& get() {
        if (state_ != State::There) [[unlikely]] {
            make_value();
        }
        return value();
    }

    /// As `get`; null once the thread's end has destroyed the value, and while it is being made or destroyed.
    [[nodiscard]] T* try_get() {
        if (state_ == State::Gone || state_ == State::Busy) {
            return nullptr;
        }
        return &get();
    }

    /// Returns `use(value)`.
    template <class Use>
    auto with(Use&& use) -> std::invoke_result_t<Use, T&> {
        return std::invoke(std::forward<Use>(use), get());
    }

    /// Whether the calling thread has a value now.
    [[nodiscard]] bool has_value() const noexcept { return state_ == State::There; }

    /// Makes `value` the calling thread's value, in place of its old one. If it has none, no first value is made.
    void set(T value) {
        if (state_ == State::There) {
            // The old value is destroyed as a parameter, after the new one is set: its destructor may use this Local.
            std::swap(this->value(), value);
        } else {
            construct([&] { return std::move(value); });
        }
    }

    /// Makes `value` the calling thread's value and returns the old one, which is made if there was none.
    [[nodiscard]] T replace(T value) { return std::exchange(get(), std::move(value)); }

    /// Moves the calling thread's value out, if it has one. The next `get` makes another.
    [[nodiscard]] std::optional<T> take() {
        if (state_ != State::There) {
            return std::nullopt;
        }
        std::optional<T> taken(std::move(value()));
        reset();
        return taken;
    }

    /// Destroys the calling thread's value, if it has one. The next `get` makes another.
    void reset() noexcept {
        if (state_ == State::There) {
            state_ = State::Busy;
            std::destroy_at(&value());
            state_ = State::None;
        }
    }

private:
    // All zeros at first, so that a new thread copies no initial image, unless there is a `make_`.
    enum class State : std::uint8_t {
        None,
        There,
        Busy,  // being made or destroyed
        Gone,  // destroyed by the thread's end
    };

    /// Resets the state to None if an exception leaves the making of a value.
    struct Making {
        State& state;
        ~Making() {
            if (state == State::Busy) {
                state = State::None;
            }
        }
    };

    void make_value() {
        construct([this] {
            if constexpr (std::is_default_constructible_v<T>) {
                return make_ != nullptr ? make_() : T();
            } else {
                return make_();
            }
        });
    }

    template <class Value>
    void construct(Value value_of) {
        if (state_ != State::None) {
            die_of_local();
        }
        state_ = State::Busy;
        const Making making{state_};
        ::new (static_cast<void*>(storage_.data())) T(value_of());
        if constexpr (!std::is_trivially_destructible_v<T>) {
            if (!registered_) {
                registered_ = true;
                at_thread_end(&end, this);
            }
        }
        state_ = State::There;
    }

    static void end(void* self) noexcept {
        auto& local = *static_cast<Local*>(self);
        const bool there = std::exchange(local.state_, State::Gone) == State::There;
        if (there) {
            std::destroy_at(&local.value());
        }
    }

    [[nodiscard]] T& value() noexcept { return *std::launder(reinterpret_cast<T*>(storage_.data())); }

    Make make_ = nullptr;
    // Bytes, not a union, which could not be trivially destructible.
    alignas(T) std::array<std::byte, sizeof(T)> storage_{};
    State state_ = State::None;
    bool registered_ = false;
};

}  // namespace weld::thread
