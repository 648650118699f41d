// SPDX-License-Identifier: MIT
//
// at_random: with AT_RANDOM in its environment a test runs under monitors that take workers again and again, stuck or
// not.
#include <green/api.hpp>

#include <atomic>
#include <cstdlib>

namespace green {

extern GREEN_API std::atomic<bool> monitor_fires_at_random;  // of src/monitor.hpp

}  // namespace green

namespace {

[[maybe_unused]] const bool asked = std::getenv("AT_RANDOM") != nullptr && (green::monitor_fires_at_random = true);

}  // namespace
