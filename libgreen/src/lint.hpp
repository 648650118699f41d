// SPDX-License-Identifier: MIT
//
// lint: what a preloaded libgreen_lint.so is told of carriers.
//
// Without it there is nothing behind `green_lint_carrier`, and a carrier's begin and end cost a look at an address.
#pragma once

#include <cstdint>

extern "C" {

/// How the library asks a carrier. In C's layout, with a version: the two may not have been built together.
struct GreenLintView {
    static constexpr std::uint32_t current = 1;

    std::uint32_t version;
    /// The name of the task that runs on `carrier`, which is the calling thread, while the task is in its own code and
    /// has not declared that it blocks; else null.
    const char* (*task)(const void* carrier);
};

/// The calling thread is `carrier` from now on, or none. Defined by the preloaded library alone.
[[gnu::visibility("default")]] void green_lint_carrier(const GreenLintView* view, const void* carrier) noexcept;
}

namespace green {

struct Carrier;

/// Says what the calling thread is from now on; null for no carrier.
void tell_lint(const Carrier* carrier) noexcept;

}  // namespace green
