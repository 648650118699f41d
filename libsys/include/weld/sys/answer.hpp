// SPDX-License-Identifier: MIT
//
// Answer: a bool or an optional value, or the error that prevented it; never a condition.
//
// With a plain std::expected, `if (exists(path))` would test whether the call worked, and be true for "no" as well.
// Therefore an Answer never converts to bool: not in `if`, `!`, `&&`, `?:` or a cast. Everything else is as in
// std::expected: `*answer`, `value_or(false)`, `has_value()`, `error()`, `answer == true`. An Answer is a
// std::expected and converts to one, and from one.
#pragma once

#include <weld/sys/errno.hpp>

#include <expected>
#include <type_traits>
#include <utility>

namespace weld::sys {

/// A `T`, which is itself a condition, or an `E`.
template <class T, class E = Errno>
class Answer : public std::expected<T, E> {
    static_assert(std::is_constructible_v<bool, T>, "what is no condition needs no Answer: return a Result");

public:
    using std::expected<T, E>::expected;
    using std::expected<T, E>::operator=;

    constexpr Answer(std::expected<T, E> result) noexcept(std::is_nothrow_move_constructible_v<T>)
        : std::expected<T, E>(std::move(result)) {}

    explicit operator bool() const = delete;  // whether the call worked: has_value(); its answer: *answer, value_or(x)

    /// Compares as std::expected does: with another Answer or Result, a value, or a std::unexpected.
    template <class Other>
    [[nodiscard]] friend constexpr bool operator==(const Answer& left, const Other& right) {
        const std::expected<T, E>& result = left;
        if constexpr (std::is_base_of_v<std::expected<T, E>, Other>) {
            return result == static_cast<const std::expected<T, E>&>(right);
        } else {
            return result == right;
        }
    }
};

}  // namespace weld::sys
