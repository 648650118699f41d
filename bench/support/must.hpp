// SPDX-License-Identifier: MIT
//
// must: the value of a result; an error ends the program with a message.
#pragma once

#include <weld/error.hpp>

#include <unistd.h>
#include <cstdio>
#include <type_traits>
#include <utility>

template <class T>
T must(weld::Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message().c_str());
        _exit(1);  // other threads may be at work: nothing is torn down below them
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}
