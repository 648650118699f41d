// SPDX-License-Identifier: MIT
//
// WELD_TRY: the value of a Result, or an early return of its error.
//
//     const std::string text = WELD_TRY(weld::fs::read_to_string(path));
//     WELD_TRY(weld::fs::remove_file(path));
//
// `WELD_TRY(result)` is the value of `result`, moved out of it. If `result` holds an error, the function that
// WELD_TRY stands in returns that error, so it has to return a Result, or another std::expected whose error is
// made of an Error; a lambda names its return type: `[&]() -> weld::Result<void> { … }`. Results of weld and green
// go alike. It needs g++ or clang, since it is a statement expression, and compiles without warnings under
// -Wpedantic.
//
// It stands as a whole initialiser, a whole statement, or an argument of a call. It must not stand
//
//   - inside the braces of an aggregate, `return Pair{WELD_TRY(a()), WELD_TRY(b())};`: g++ 12 leaks the first
//     when the second returns. Two variables and then the braces are right.
//   - in a coroutine, where `return` is no `co_return`;
//   - in a header that others include, unless they may have the macro too.
//
// No other header of weld defines or includes it.
#pragma once

#include <weld/error.hpp>
#include <weld/sys/try.hpp>  // the definition, which the layers below use too
