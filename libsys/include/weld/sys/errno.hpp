// SPDX-License-Identifier: MIT
//
// Errno and Result: how every call of libsys and libnative fails.
//
// `Errno` is the platform's own error number in a type of its own: four bytes, an enum, so a
// switch over it is checked and it travels in a register. Its enumerators differ by platform
// (`weld/sys/errno_codes.hpp`); its name and text come from the C library. Any thread may call.
#pragma once

#include <weld/sys/api.hpp>
#include <weld/sys/errno_codes.hpp>

#include <cstddef>
#include <expected>
#include <string_view>
#include <type_traits>
#include <version>

#ifndef __cpp_lib_expected
#error "weld needs std::expected: use g++ 12 or newer, or clang 19 or newer, with -std=c++23"
#endif

namespace weld::sys {

/// A `T`, or the number the operating system gave for having none.
template <class T>
using Result = std::expected<T, Errno>;

/// The symbol of `error` as manual pages write it, `"ENOENT"`; `"E?"` when the C library knows none.
[[nodiscard]] WELD_API std::string_view symbol(Errno error) noexcept;

/// One line of English for `error`, never translated, in static storage: `"No such file or directory"`.
[[nodiscard]] WELD_API std::string_view message(Errno error) noexcept;

static_assert(sizeof(Errno) == 4);
// What makes a count or its error travel in two registers.
static_assert(std::is_trivially_copy_constructible_v<Result<std::size_t>> && sizeof(Result<std::size_t>) == 16);
static_assert(std::is_trivially_destructible_v<Result<std::size_t>>);

}  // namespace weld::sys
