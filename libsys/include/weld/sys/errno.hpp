// SPDX-License-Identifier: MIT
//
// Errno and Result: how every call of libsys and libnative fails.
//
// `Errno` is the platform's error number as an enum of four bytes: the compiler checks a switch
// over it, and it is passed in a register. Its enumerators differ by platform
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

/// A `T`, or the error number of the operating system that says why there is none.
template <class T>
using Result = std::expected<T, Errno>;

/// The symbol of `error` as in manual pages, `"ENOENT"`; `"E?"` when the C library knows none.
[[nodiscard]] WELD_API std::string_view symbol(Errno error) noexcept;

/// One line of English for `error`, never translated, in static storage: `"No such file or directory"`.
[[nodiscard]] WELD_API std::string_view message(Errno error) noexcept;

static_assert(sizeof(Errno) == 4);
// With these properties a count or its error is returned in two registers.
static_assert(std::is_trivially_copy_constructible_v<Result<std::size_t>> && sizeof(Result<std::size_t>) == 16);
static_assert(std::is_trivially_destructible_v<Result<std::size_t>>);

}  // namespace weld::sys
