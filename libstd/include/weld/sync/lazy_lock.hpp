// SPDX-License-Identifier: MIT
//
// LazyLock: a value that is initialised lazily, on first use.
//
//     static sync::LazyLock<Config> config([] { return read_config(); });        config->port
//
// Works like a static variable in a function, and also for members and globals; constant-initialised where the closure
// is. When the closure throws, the next use calls it again.
#pragma once

#include <weld/sync/once_lock.hpp>

#include <type_traits>
#include <utility>

namespace weld::sync {

template <class T, class Make = T (*)()>
class LazyLock {
public:
    /// The value will be the result of `make()`.
    constexpr explicit LazyLock(Make make) noexcept : make_(std::move(make)) {}

    /// Returns the value and initialises it if there is none yet; other threads wait meanwhile. Throws what `make()`
    /// throws.
    [[nodiscard]] T& force() { return value_.get_or_init(make_); }

    /// As `force`.
    [[nodiscard]] T& operator*() { return force(); }
    [[nodiscard]] T* operator->() { return &force(); }

    /// The value, or null while it is not initialised.
    [[nodiscard]] T* get() noexcept { return value_.get(); }
    [[nodiscard]] const T* get() const noexcept { return value_.get(); }

private:
    OnceLock<T> value_;
    [[no_unique_address]] Make make_;
};

template <class Make>
LazyLock(Make) -> LazyLock<std::invoke_result_t<Make&>, Make>;

}  // namespace weld::sync
