// SPDX-License-Identifier: MIT
//
// lint: what the runtime reports about carriers to a preloaded libgreen_lint.so.
//
// Without the library `green_lint_carrier` is undefined, and begin and end of a carrier cost the test of an address.
#pragma once

#include <cstdint>

extern "C" {

/// The functions by which the library asks a carrier. C layout, with a version: the two may be from different builds.
struct GreenLintView {
    static constexpr std::uint32_t current = 1;

    std::uint32_t version;
    /// The name of the task that runs on `carrier`, which is the calling thread, while the task is in its own code and
    /// not in `blocking`; else null.
    const char* (*task)(const void* carrier);
};

/// The calling thread is `carrier` from now on, or none. Only the preloaded library defines it.
[[gnu::visibility("default")]] void green_lint_carrier(const GreenLintView* view, const void* carrier) noexcept;
}

namespace green {

struct Carrier;

/// Reports what the calling thread is from now on; null for no carrier.
void tell_lint(const Carrier* carrier) noexcept;

}  // namespace green
