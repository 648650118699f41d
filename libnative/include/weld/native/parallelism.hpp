// SPDX-License-Identifier: MIT
//
// available_parallelism: how many threads can run at once.
#pragma once

#include <weld/sys/repr.hpp>

#include <cstddef>

namespace weld::native {

/// The number of CPUs that this thread may run on, or that the quota of the control group allows, whichever is fewer;
/// never zero. It reads files: call it once, not in a loop.
[[nodiscard]] WELD_API std::size_t available_parallelism() noexcept;

/// The number of CPUs that the quotas of this process's control group and its ancestors allow (cgroup v2
/// `cpu.max`, v1 `cpu.cfs_quota_us`), rounded up; SIZE_MAX without a quota. `root` is a directory that
/// holds `proc` and `sys`.
[[nodiscard]] WELD_API std::size_t cgroup_cpu_limit(sys::BorrowedHandle root) noexcept;

}  // namespace weld::native
