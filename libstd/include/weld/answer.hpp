// SPDX-License-Identifier: MIT
//
// Answer: what a call gives that asks a question, such as `exists` or `try_wait`.
//
//     if (exists(path).value_or(false)) { … }     // a yes; neither a no nor an error
//     if (exists(path)) { … }                     // does not compile: would be true whenever the call worked
//
// For `bool` and `std::optional`. All of std::expected but the conversion to bool: `weld/sys/answer.hpp`.
#pragma once

#include <weld/error.hpp>
#include <weld/sys/answer.hpp>

namespace weld {

/// A `T`, which is itself a condition, or why there is none.
template <class T>
using Answer = sys::Answer<T, Error>;

}  // namespace weld
