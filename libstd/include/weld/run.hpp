// SPDX-License-Identifier: MIT
//
// run: the entry point of a program that leaves the choice of its threads open.
//
//     namespace rt = weld;  // or green
//     int main() { return rt::run([] { … }).value_or(1); }
//
// Native threads need no runtime, so here it is a plain call. In a model with a runtime the start may fail, hence the
// Result in both.
#pragma once

#include <weld/error.hpp>

#include <functional>
#include <type_traits>
#include <utility>

namespace weld {

template <class T>
struct RunValue {
    using Type = Result<T>;
};
template <class R>
    requires std::is_base_of_v<Result<typename R::value_type>, R>
struct RunValue<R> {
    using Type = R;
};

/// What `run` returns for a closure of type `F`: its value in a Result, or the Result, Answer or Entries that it
/// returns.
template <class F>
using RunResult = typename RunValue<std::invoke_result_t<F>>::Type;

/// Calls `function()` and returns its result.
template <class F>
[[nodiscard]] auto run(F&& function) -> RunResult<F> {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
        std::invoke(std::forward<F>(function));
        return {};
    } else {
        return std::invoke(std::forward<F>(function));
    }
}

}  // namespace weld
