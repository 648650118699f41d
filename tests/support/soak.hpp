// SPDX-License-Identifier: MIT
//
// soak: how long a test that repeats itself goes on, beyond what it does every time.
#pragma once

#include <chrono>
#include <cstdlib>

namespace test {

/// WELD_SOAK_SECONDS; zero when nobody asked for a soak.
inline std::chrono::milliseconds soak_time() {
    const char* seconds = std::getenv("WELD_SOAK_SECONDS");
    return std::chrono::seconds(seconds != nullptr ? std::atoi(seconds) : 0);
}

}  // namespace test
