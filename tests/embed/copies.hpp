// SPDX-License-Identifier: MIT
//
// Job: a closure that a program and a library of it have both, so that the linker makes one of their two.
#pragma once

#include <weld/thread.hpp>

#include <cstdlib>

struct Job {
    int number;

    int operator()() const { return number; }
};

/// Runs a job in a thread of the caller's weld, and gives it back joined.
[[gnu::always_inline]] inline int run_job(int number) {
    auto handle = weld::thread::spawn(Job{number});
    if (!handle) {
        std::abort();
    }
    return std::move(*handle).join();
}
