// SPDX-License-Identifier: MIT
//
// lint: what the runtime reports about carriers to a preloaded libgreen_lint.so.
//
// Without the library `green_lint_carrier` is undefined, and begin and end of a carrier cost the test of an address.
#pragma once

#include <cstdint>

extern "C" {

/// What libgreen_lint.so can ask about a carrier. It has C layout and a version, because green and the library may be
/// from different builds.
struct GreenLintView {
    static constexpr std::uint32_t current = 1;

    std::uint32_t version;
    /// The name of the task that runs on `carrier`, which is the calling thread, while the task is in its own code and
    /// not in `blocking`; else null.
    const char* (*task)(const void* carrier);
};

/// Called when the calling thread becomes `carrier`, or, with null, stops being one. Only the preloaded library defines
/// it.
[[gnu::visibility("default")]] void green_lint_carrier(const GreenLintView* view, const void* carrier) noexcept;
}

namespace green {

struct Carrier;

/// Reports to the library that the calling thread becomes `carrier`, or, with null, stops being one.
void tell_lint(const Carrier* carrier) noexcept;

}  // namespace green
