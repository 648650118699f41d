// SPDX-License-Identifier: MIT
//
// Flags: `|`, `&` and a test for the scoped enums that hold bits.
//
// An enum gets them when `is_flags` is specialised to true next to its definition.
#pragma once

#include <type_traits>

namespace weld::sys {

template <class Enum>
inline constexpr bool is_flags = false;

template <class Enum>
    requires is_flags<Enum>
[[nodiscard]] constexpr Enum operator|(Enum left, Enum right) noexcept {
    using Bits = std::underlying_type_t<Enum>;
    return static_cast<Enum>(static_cast<Bits>(left) | static_cast<Bits>(right));
}

template <class Enum>
    requires is_flags<Enum>
[[nodiscard]] constexpr Enum operator&(Enum left, Enum right) noexcept {
    using Bits = std::underlying_type_t<Enum>;
    return static_cast<Enum>(static_cast<Bits>(left) & static_cast<Bits>(right));
}

template <class Enum>
    requires is_flags<Enum>
constexpr Enum& operator|=(Enum& left, Enum right) noexcept {
    return left = left | right;
}

/// Whether every bit of `wanted` is set in `flags`.
template <class Enum>
    requires is_flags<Enum>
[[nodiscard]] constexpr bool has(Enum flags, Enum wanted) noexcept {
    return (flags & wanted) == wanted;
}

}  // namespace weld::sys
