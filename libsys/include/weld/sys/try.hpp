// SPDX-License-Identifier: MIT
//
// WELD_TRY: the value of a Result, or an early return of its error.
//
// Programs include it as <weld/try.hpp>, which states where it may be used; `tests/checks` checks
// that in the sources of weld and green. It is a statement expression, an extension of g++ and clang.
#pragma once

#include <expected>
#include <utility>

// The pragmas: a WELD_TRY in the argument of another WELD_TRY shadows the name.
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
