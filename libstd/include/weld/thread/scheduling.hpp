// SPDX-License-Identifier: MIT
//
// Where the calling thread runs, and how much of a busy CPU it gets: affinity and priority.
//
//     const std::array cpus{2U, 3U};
//     if (const auto set = thread::set_affinity(cpus); !set) { … }
//
// Both belong to the thread of the operating system; the threads that it starts inherit them. `Options` (`spawn.hpp`)
// give a new thread its own.
#pragma once

#include <weld/error.hpp>
#include <weld/thread/record.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace weld::thread {

/// The CPUs that the calling thread may run on: their numbers, in ascending order. Allocates: the result.
[[nodiscard]] WELD_API Result<std::vector<std::uint32_t>> affinity();

/// Lets the calling thread run on `cpus` and nowhere else. InvalidInput if `cpus` is empty, or one of them does not
/// exist or the process may not use it; then nothing has changed.
[[nodiscard]] WELD_API Result<void> set_affinity(std::span<const std::uint32_t> cpus) noexcept;

/// The priority of the calling thread, or the nearest one to the value that the system has.
[[nodiscard]] WELD_API Result<Priority> priority() noexcept;

/// Gives the calling thread the priority `wanted`. PermissionDenied for a higher priority than its own without the
/// privilege. On Linux a thread that has lowered its priority needs the privilege to raise it again.
[[nodiscard]] WELD_API Result<void> set_priority(Priority wanted) noexcept;

}  // namespace weld::thread
