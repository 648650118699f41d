// SPDX-License-Identifier: MIT
//
// Threads by their kernel ids: gettid, tgkill, CPU affinity, priority, the CPU-time clock of a thread.
#pragma once

#include <weld/sys/errno.hpp>
#include <weld/sys/posix/clock.hpp>
#include <weld/sys/posix/signal.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// The kernel's id of a thread (pid_t). `Self` stands for the calling thread.
enum class ThreadId : std::int32_t { Self = 0 };

/// gettid(2).
[[nodiscard]] WELD_API ThreadId gettid() noexcept;

/// The CPU-time clock of `thread`, which may be any thread of this process; clock_getcpuclockid(3) computes it the same
/// way. clock_gettime returns `Errno::Inval` when there is no such thread.
[[nodiscard]] constexpr ClockId cpu_clock_of(ThreadId thread) noexcept {
    return static_cast<ClockId>(~static_cast<std::int32_t>(thread) * 8 + 6);
}

/// tgkill(2): sends `signal` to `thread` of this process. `Errno::Srch` when there is no such thread.
[[nodiscard]] WELD_API Result<void> tgkill(ThreadId thread, Signal signal) noexcept;

/// getpid(2).
[[nodiscard]] WELD_API std::int32_t getpid() noexcept;

/// sched_getaffinity(2): fills `mask`, one bit for each CPU from the lowest bit of the first word on, and returns
/// the number of words written. `Errno::Inval` when the kernel's mask is longer.
[[nodiscard]] WELD_API Result<std::size_t> sched_getaffinity(ThreadId thread, std::span<std::uint64_t> mask) noexcept;

/// sched_setaffinity(2). `Errno::Inval` when `mask` names no CPU that the thread may use.
[[nodiscard]] WELD_API Result<void> sched_setaffinity(ThreadId thread, std::span<const std::uint64_t> mask) noexcept;

/// getpriority(2) of PRIO_PROCESS: the nice value of `thread`, from -20 (the most CPU time) to 19.
[[nodiscard]] WELD_API Result<std::int32_t> getpriority(ThreadId thread) noexcept;

/// setpriority(2) of PRIO_PROCESS, which on Linux means one thread. `Errno::Acces` for a value lower than the present
/// one without the privilege (CAP_SYS_NICE or RLIMIT_NICE). A value out of range is clamped.
[[nodiscard]] WELD_API Result<void> setpriority(ThreadId thread, std::int32_t nice) noexcept;

}  // namespace weld::sys
