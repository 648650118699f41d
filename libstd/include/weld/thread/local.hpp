// SPDX-License-Identifier: MIT
//
// Local: a value for each thread, made when the thread first asks for it.
//
//     constinit thread_local thread::Local<std::string> request_id;
//     request_id.get() = "…";  // of the calling thread
//
// A Local is to be declared thread_local, and stays a thread-local of the compiler: constant-initialised and trivially
// destructible, so that to reach it takes no guard and no call; `get` adds one comparison. What C++'s own thread_local
// lacks: a value knows whether it is there, can be taken, replaced and made anew, and whoever asks for one after the
// thread's end has destroyed it is told so by `try_get`, instead of getting what is gone.
//
// A thread's values end when the thread does, after its closure, in the reverse of the order in which they were made;
// an end may use other values, and what it makes first ends too. A value that needs no destructor is registered
// nowhere. The calls that need a value (`get`, `with`, `set`, `replace`) end the process with a message when it was
// destroyed by the thread's end, or is being made or destroyed by the very call that asks.
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

/// Calls `end(object)` when the calling thread ends; who came last comes first. For the implementation of Local.
WELD_API void at_thread_end(void (*end)(void* object), void* object) noexcept;

/// Ends the process: a value is asked for that cannot be had. For the implementation of Local.
[[noreturn]] WELD_API void die_of_local() noexcept;

template <class T>
class Local {
    static_assert(std::is_object_v<T> && !std::is_array_v<T>);

public:
    using Make = T (*)();

    /// A thread's value is at first `T()`.
    constexpr Local() noexcept
        requires std::is_default_constructible_v<T>
    = default;

    /// A thread's value is at first what `make` gives.
    constexpr explicit Local(Make make) noexcept : make_(make) {}

    Local(const Local&) = delete;
    Local& operator=(const Local&) = delete;

    /// The calling thread's value, made if it had none. Throws what making it throws.
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

    /// What `use(value)` gives.
    template <class Use>
    auto with(Use&& use) -> std::invoke_result_t<Use, T&> {
        return std::invoke(std::forward<Use>(use), get());
    }

    /// Whether the calling thread has a value by now.
    [[nodiscard]] bool has_value() const noexcept { return state_ == State::There; }

    /// Makes `value` the calling thread's, instead of the one that it had; if it had none, none is made before.
    void set(T value) {
        if (state_ == State::There) {
            // The old one ends as a parameter does, when the new one is there: its end may look.
            std::swap(this->value(), value);
        } else {
            construct([&] { return std::move(value); });
        }
    }

    /// Makes `value` the calling thread's, and gives the one before, which is made if there was none.
    [[nodiscard]] T replace(T value) { return std::exchange(get(), std::move(value)); }

    /// Gives the calling thread's value away, if it has one; the next `get` makes another.
    [[nodiscard]] std::optional<T> take() {
        if (state_ != State::There) {
            return std::nullopt;
        }
        std::optional<T> taken(std::move(value()));
        reset();
        return taken;
    }

    /// Ends the calling thread's value, if it has one; the next `get` makes another.
    void reset() noexcept {
        if (state_ == State::There) {
            state_ = State::Busy;
            std::destroy_at(&value());
            state_ = State::None;
        }
    }

private:
    // All zeros at first, so that a thread begins with no copy of anything unless there is a `make_`.
    enum class State : std::uint8_t {
        None,
        There,
        Busy,  // being made or destroyed
        Gone,  // destroyed by the thread's end
    };

    /// Says that there is no value, if there is none when the making of one is left by an exception.
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
    // Bytes and no union, which could not be trivially destructible.
    alignas(T) std::array<std::byte, sizeof(T)> storage_{};
    State state_ = State::None;
    bool registered_ = false;
};

}  // namespace weld::thread
