// SPDX-License-Identifier: MIT
//
// Threads as Linux knows them: gettid, tgkill, CPU affinity, priority, the clock of each.
#pragma once

#include <weld/sys/errno.hpp>
#include <weld/sys/posix/clock.hpp>
#include <weld/sys/posix/signal.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// The kernel's number of a thread (pid_t). `Self` stands for the calling one.
enum class ThreadId : std::int32_t { Self = 0 };

/// gettid(2).
[[nodiscard]] WELD_API ThreadId gettid() noexcept;

/// The clock of the CPU time of `thread`, which may be any of this process; also clock_getcpuclockid(3) knows it so.
/// `Errno::Inval` from clock_gettime when there is no such thread.
[[nodiscard]] constexpr ClockId cpu_clock_of(ThreadId thread) noexcept {
    return static_cast<ClockId>(~static_cast<std::int32_t>(thread) * 8 + 6);
}

/// tgkill(2): sends `signal` to `thread` of this process. `Errno::Srch` when there is no such thread.
[[nodiscard]] WELD_API Result<void> tgkill(ThreadId thread, Signal signal) noexcept;

/// getpid(2).
[[nodiscard]] WELD_API std::int32_t getpid() noexcept;

/// sched_getaffinity(2): fills `mask`, one bit a CPU from the lowest bit of the first word on, and returns
/// the words written. `Errno::Inval` when the kernel's mask is longer.
[[nodiscard]] WELD_API Result<std::size_t> sched_getaffinity(ThreadId thread, std::span<std::uint64_t> mask) noexcept;

/// sched_setaffinity(2). `Errno::Inval` when `mask` names no CPU that the thread may use.
[[nodiscard]] WELD_API Result<void> sched_setaffinity(ThreadId thread, std::span<const std::uint64_t> mask) noexcept;

/// getpriority(2) of PRIO_PROCESS: the nice value of `thread`, from -20, which gets most, to 19.
[[nodiscard]] WELD_API Result<std::int32_t> getpriority(ThreadId thread) noexcept;

/// setpriority(2) of PRIO_PROCESS, which on Linux is one thread. `Errno::Acces` for less than now without the
/// privilege (CAP_SYS_NICE or RLIMIT_NICE); what is out of range becomes the nearest.
[[nodiscard]] WELD_API Result<void> setpriority(ThreadId thread, std::int32_t nice) noexcept;

}  // namespace weld::sys
