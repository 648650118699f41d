// SPDX-License-Identifier: MIT
//
// Job: a closure that a program and its library both define, so that the linker merges the two.
#pragma once

#include <weld/thread.hpp>

#include <cstdlib>

struct Job {
    int number;

    int operator()() const { return number; }
};

/// Runs a job in a thread of the caller's weld, joins it and returns it.
[[gnu::always_inline]] inline int run_job(int number) {
    auto handle = weld::thread::spawn(Job{number});
    if (!handle) {
        std::abort();
    }
    return std::move(*handle).join();
}
