// SPDX-License-Identifier: MIT
//
// PathRef: a path as a parameter.
//
// It borrows the path in the form that the caller has. Literals, `std::string`, `std::filesystem::path` and anything
// else with `c_str()` end in NUL already, as the system wants it, and are not copied; a `std::string_view` is copied to
// the stack. A PathRef is never a member and never captured: code that keeps a path owns a `std::string`.
//
// A path with a NUL inside is refused (`Fault::NulInPath`), never cut there. An empty path is NotFound, as the system
// reports it; a component or a path that is too long is InvalidFilename.
#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace weld {

/// A type whose `c_str()` gives text that ends in NUL.
template <class T>
concept HasCStr = requires(const T& owner) {
    { owner.c_str() } noexcept -> std::convertible_to<const char*>;
};

class PathRef {
public:
    /// Borrows `terminated`, which is not null and ends in NUL.
    constexpr PathRef(const char* terminated) noexcept : text_(terminated), size_(unknown) {
        assert(terminated != nullptr);
    }

    PathRef(std::nullptr_t) = delete;

    /// Borrows what `owner` holds.
    template <HasCStr T>
    constexpr PathRef(const T& owner) noexcept : text_(owner.c_str()), size_(size_of(owner)) {}

    /// Borrows `text`, which need not end in NUL and is therefore copied when it is used.
    constexpr PathRef(std::string_view text) noexcept : text_(text.data()), size_(text.size()) {}

    /// The bytes of the path.
    [[nodiscard]] constexpr std::string_view view() const noexcept {
        return knows_size() ? std::string_view(text_, size_ & ~terminated_bit) : std::string_view(text_);
    }

    /// Whether a NUL follows the bytes.
    [[nodiscard]] constexpr bool is_terminated() const noexcept { return (size_ & terminated_bit) != 0; }

    /// False for a plain `const char*` or `CStr`: the first NUL is its end, so it holds no other.
    [[nodiscard]] constexpr bool knows_size() const noexcept { return size_ != unknown; }

    /// The first byte.
    [[nodiscard]] constexpr const char* data() const noexcept { return text_; }

private:
    static constexpr std::size_t unknown = ~std::size_t{0};
    static constexpr std::size_t terminated_bit = ~(unknown >> 1);

    template <class T>
    static constexpr std::size_t size_of(const T& owner) noexcept {
        if constexpr (requires { owner.native().size(); }) {
            return owner.native().size() | terminated_bit;
        } else if constexpr (requires { owner.size(); }) {
            return owner.size() | terminated_bit;
        } else {
            return unknown;
        }
    }

    const char* text_;
    std::size_t size_;  // two words, so that a PathRef travels in registers
};

}  // namespace weld
