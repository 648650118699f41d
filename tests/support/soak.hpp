// SPDX-License-Identifier: MIT
//
// soak: how long a test that repeats itself continues, beyond its usual rounds.
#pragma once

#include <chrono>
#include <cstdlib>

namespace test {

/// WELD_SOAK_SECONDS; zero without a soak.
inline std::chrono::milliseconds soak_time() {
    const char* seconds = std::getenv("WELD_SOAK_SECONDS");
    return std::chrono::seconds(seconds != nullptr ? std::atoi(seconds) : 0);
}

/// Rounds of a stress test: `usual`, or 100,000 in a soak of a minute or more.
inline int attack_rounds(int usual) { return soak_time() >= std::chrono::minutes(1) ? 100'000 : usual; }

}  // namespace test
