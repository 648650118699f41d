// SPDX-License-Identifier: MIT
//
// WELD_TRY: the value of a Result, or an early return of its error.
//
// For the sources of weld and green only: it is a statement expression, which g++ and clang have
// and the standard has not. It stands as a whole initialiser, a whole statement, or an argument of
// a call. It never stands inside the braces of an aggregate (g++ 12 leaks what the earlier braces
// made), never in a coroutine, and never in a public header; `tests/checks` holds all three.
#pragma once

#include <expected>
#include <utility>

#define WELD_TRY(...)                                              \
    __extension__({                                                \
        auto weld_tried = (__VA_ARGS__);                           \
        if (!weld_tried.has_value()) [[unlikely]] {                \
            return std::unexpected(std::move(weld_tried).error()); \
        }                                                          \
        *std::move(weld_tried);                                    \
    })
