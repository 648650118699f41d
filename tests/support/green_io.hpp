// SPDX-License-Identifier: MIT
//
// GREEN_TEST with I/O: libuv keeps a pipe and the threads of its pool for the life of the process.
#pragma once

#include <support/green.hpp>

#include <green/offload.hpp>

namespace test {

inline const bool has_io = [] {
    warm_up = [] { must(green::run({.workers = 1}, [] { return green::offload([] {}); })); };
    return true;
}();

}  // namespace test
