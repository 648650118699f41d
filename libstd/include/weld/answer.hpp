// SPDX-License-Identifier: MIT
//
// Answer: the result of a call that asks a question, such as `exists` or `try_wait`.
//
//     if (exists(path).value_or(false)) { … }     // true for a yes; false for a no and for an error
//     if (exists(path)) { … }                     // does not compile: true whenever the call worked
//
// For `bool` and `std::optional`. All of std::expected but the conversion to bool: `weld/sys/answer.hpp`.
#pragma once

#include <weld/error.hpp>
#include <weld/sys/answer.hpp>

namespace weld {

/// A `T`, whose value is a condition itself, or the error why there is none.
template <class T>
using Answer = sys::Answer<T, Error>;

}  // namespace weld
