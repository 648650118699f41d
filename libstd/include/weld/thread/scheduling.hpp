// SPDX-License-Identifier: MIT
//
// Where the calling thread runs, and how much of a busy CPU it gets: affinity and priority.
//
//     const std::array cpus{2U, 3U};
//     if (const auto set = thread::set_affinity(cpus); !set) { … }
//
// Both belong to the thread of the operating system and are inherited by the threads that it starts. A new thread gets
// its own by `Options` (`spawn.hpp`).
#pragma once

#include <weld/error.hpp>
#include <weld/thread/record.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace weld::thread {

/// The CPUs that the calling thread may run on, by number, in order. Allocates: them.
[[nodiscard]] WELD_API Result<std::vector<std::uint32_t>> affinity();

/// Lets the calling thread run on `cpus` and nowhere else. InvalidInput for none, and for one that there is not or that
/// the process may not use; nothing has changed then.
[[nodiscard]] WELD_API Result<void> set_affinity(std::span<const std::uint32_t> cpus) noexcept;

/// The priority of the calling thread, or the one nearest to what the system has.
[[nodiscard]] WELD_API Result<Priority> priority() noexcept;

/// Gives the calling thread `wanted`. PermissionDenied for more than it has without the privilege; on Linux what was
/// given up takes the privilege to come back to.
[[nodiscard]] WELD_API Result<void> set_priority(Priority wanted) noexcept;

}  // namespace weld::thread
