// SPDX-License-Identifier: MIT
//
// How many threads can run at once.
#pragma once

#include <weld/sys/repr.hpp>

#include <cstddef>

namespace weld::native {

/// CPUs that this thread may run on, or that the control group's quota pays for, whichever is fewer;
/// never zero. Reads files: ask once, not in a loop.
[[nodiscard]] WELD_API std::size_t available_parallelism() noexcept;

/// The CPUs that the quotas of this process's control group and its ancestors (cgroup v2 `cpu.max`, v1
/// `cpu.cfs_quota_us`) pay for, a part counting whole; SIZE_MAX without a quota. `root` is a directory
/// that holds `proc` and `sys`.
[[nodiscard]] WELD_API std::size_t cgroup_cpu_limit(sys::BorrowedHandle root) noexcept;

}  // namespace weld::native
