// SPDX-License-Identifier: MIT
//
// WELD_TRY: the value of a Result, or an early return of its error.
//
// Programs include it as <weld/try.hpp>, which says where it may stand; `tests/checks` holds the
// sources of weld and green to that. It is a statement expression, which g++ and clang have and the
// standard has not.
#pragma once

#include <expected>
#include <utility>

// The pragmas: a WELD_TRY in the argument of another one declares the name again.
// clang-format off
#define WELD_TRY(...)                                              \
    __extension__({                                                \
        _Pragma("GCC diagnostic push")                             \
        _Pragma("GCC diagnostic ignored \"-Wshadow\"")             \
        auto weld_tried = (__VA_ARGS__);                           \
        _Pragma("GCC diagnostic pop")                              \
        if (!weld_tried.has_value()) [[unlikely]] {                \
            return std::unexpected(std::move(weld_tried).error()); \
        }                                                          \
        *std::move(weld_tried);                                    \
    })
// clang-format on
