// SPDX-License-Identifier: MIT
//
// OnceLock: a value that is set once, by the first thread that sets it, and read by all.
//
// Constant-initialised; allocates nothing. Reading costs one load.
#pragma once

#include <weld/error.hpp>
#include <weld/sync/once.hpp>

#include <expected>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace weld::sync {

template <class T>
class OnceLock {
public:
    constexpr OnceLock() noexcept : nothing_{} {}
    OnceLock(const OnceLock&) = delete;
    OnceLock& operator=(const OnceLock&) = delete;
    constexpr ~OnceLock()
        requires std::is_trivially_destructible_v<T>
    = default;
    constexpr ~OnceLock() {
        if (once_.is_completed()) {
            std::destroy_at(&value_);
        }
    }

    /// The value, or null when there is none yet.
    [[nodiscard]] T* get() noexcept { return once_.is_completed() ? &value_ : nullptr; }
    [[nodiscard]] const T* get() const noexcept { return once_.is_completed() ? &value_ : nullptr; }

    /// Sets the value. Gives `value` back if there is a value already; waits first if another thread is just making
    /// one.
    [[nodiscard]] std::expected<void, T> set(T value) {
        bool taken = false;
        once_.call_once([&] {
            std::construct_at(&value_, std::move(value));
            taken = true;
        });
        if (!taken) {
            return std::unexpected(std::move(value));
        }
        return {};
    }

    /// Returns the value; makes it by `make()` if there is none. Other threads wait meanwhile. Throws what `make`
    /// throws; then there is still no value.
    template <class Make>
    [[nodiscard]] T& get_or_init(Make&& make) {
        once_.call_once([&] { ::new (static_cast<void*>(&value_)) T(std::invoke(std::forward<Make>(make))); });
        return value_;
    }

    /// As `get_or_init`, with a `make` that returns a Result. If that is an error, there is still no value.
    template <class Make>
    [[nodiscard]] auto get_or_try_init(Make&& make)
        -> std::expected<std::reference_wrapper<T>, typename std::invoke_result_t<Make>::error_type> {
        std::optional<typename std::invoke_result_t<Make>::error_type> error;
        const bool is_made = once_.try_call_once([&] {
            auto made = std::invoke(std::forward<Make>(make));
            if (made) {
                std::construct_at(&value_, *std::move(made));
            } else {
                error.emplace(std::move(made).error());
            }
            return !error;
        });
        if (!is_made) {
            return std::unexpected(*std::move(error));
        }
        return value_;
    }

    /// Waits until there is a value.
    [[nodiscard]] T& wait() noexcept {
        once_.wait();
        return value_;
    }

    /// Moves the value out, if there is one; the OnceLock is empty afterwards and may be set again. No other thread may
    /// use it.
    [[nodiscard]] std::optional<T> take() {
        std::optional<T> taken;
        if (once_.is_completed()) {
            taken.emplace(std::move(value_));
            std::destroy_at(&value_);
            std::destroy_at(&once_);
            std::construct_at(&once_);
        }
        return taken;
    }

    /// Moves the value out, if there is one, of a OnceLock that no other thread uses and that is not used any more.
    [[nodiscard]] std::optional<T> into_inner() && { return take(); }

private:
    Once once_;
    union {
        char nothing_;
        T value_;
    };
};

}  // namespace weld::sync
