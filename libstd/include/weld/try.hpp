// SPDX-License-Identifier: MIT
//
// WELD_TRY: the value of a Result, or an early return of its error.
//
//     const std::string text = WELD_TRY(weld::fs::read_to_string(path));
//     WELD_TRY(weld::fs::remove_file(path));
//     (void)WELD_TRY(weld::fs::copy(from, to));  // a value that is not needed: clang warns without the cast
//
// `WELD_TRY(result)` is the value of `result`, moved out of it. If `result` holds an error, the function that contains
// the WELD_TRY returns that error. So it has to return a Result, or another std::expected whose error can be made from
// an Error; a lambda has to name its return type: `[&]() -> weld::Result<void> { … }`. Results of weld and of green
// work alike. WELD_TRY is a statement expression, so it needs g++ or clang; it compiles without warnings under
// -Wpedantic.
//
// Use it as a whole initialiser, a whole statement, or an argument of a call. Do not use it
//
//   - inside the braces of an aggregate, `return Pair{WELD_TRY(a()), WELD_TRY(b())};`: g++ 12 leaks the first
//     when the second returns. Use two variables first, then the braces.
//   - in a coroutine, where `return` is not `co_return`;
//   - in a header that others include, unless they may have the macro too.
//
// No other header of weld defines or includes it.
#pragma once

#include <weld/error.hpp>
#include <weld/sys/try.hpp>  // the definition, which the layers below use too
