// SPDX-License-Identifier: MIT
//
// Scheduling of threads on Linux: gettid, CPU affinity.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// The kernel's number of a thread (pid_t). `Self` stands for the calling one.
enum class ThreadId : std::int32_t { Self = 0 };

/// gettid(2).
[[nodiscard]] WELD_API ThreadId gettid() noexcept;

/// getpid(2).
[[nodiscard]] WELD_API std::int32_t getpid() noexcept;

/// sched_getaffinity(2): fills `mask`, one bit a CPU from the lowest bit of the first word on, and returns
/// the words written. `Errno::Inval` when the kernel's mask is longer.
[[nodiscard]] WELD_API Result<std::size_t> sched_getaffinity(ThreadId thread, std::span<std::uint64_t> mask) noexcept;

/// sched_setaffinity(2). `Errno::Inval` when `mask` names no CPU that the thread may use.
[[nodiscard]] WELD_API Result<void> sched_setaffinity(ThreadId thread, std::span<const std::uint64_t> mask) noexcept;

}  // namespace weld::sys
