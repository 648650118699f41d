// SPDX-License-Identifier: MIT
//
// LazyLock: a value that is made when it is first asked for.
//
//     static sync::LazyLock<Config> config([] { return read_config(); });        config->port
//
// As a static in a function, and for members and globals as well; constant-initialised where the closure is. When the
// closure throws, the next one who asks calls it again.
#pragma once

#include <weld/sync/once_lock.hpp>

#include <type_traits>
#include <utility>

namespace weld::sync {

template <class T, class Make = T (*)()>
class LazyLock {
public:
    /// The value will be what `make()` gives.
    constexpr explicit LazyLock(Make make) noexcept : make_(std::move(make)) {}

    /// The value, made if there is none yet; others wait meanwhile. Throws what making it throws.
    [[nodiscard]] T& force() { return value_.get_or_init(make_); }

    /// As `force`.
    [[nodiscard]] T& operator*() { return force(); }
    [[nodiscard]] T* operator->() { return &force(); }

    /// The value, or null when nobody has asked for it yet.
    [[nodiscard]] T* get() noexcept { return value_.get(); }
    [[nodiscard]] const T* get() const noexcept { return value_.get(); }

private:
    OnceLock<T> value_;
    [[no_unique_address]] Make make_;
};

template <class Make>
LazyLock(Make) -> LazyLock<std::invoke_result_t<Make&>, Make>;

}  // namespace weld::sync
