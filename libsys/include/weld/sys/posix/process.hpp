// SPDX-License-Identifier: MIT
//
// Processes: fork, kill, waitid, setpgid, setsid, and the numbers of this one.
//
// The number of a child is its own until somebody waits for it; after that another process may get it.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/posix/signal.hpp>

#include <cstdint>

namespace weld::sys {

/// pid_t.
enum class ProcessId : std::int32_t { Self = 0 };

/// getppid(2).
[[nodiscard]] WELD_API ProcessId getppid() noexcept;

/// fork(2): a process with a copy of the memory, and the calling thread alone. `ProcessId::Self` in the new one.
[[nodiscard]] WELD_API Result<ProcessId> fork() noexcept;

/// kill(2).
[[nodiscard]] WELD_API Result<void> kill(ProcessId process, Signal signal) noexcept;

/// P_: what the number given to waitid is of.
enum class WaitFor : std::int32_t { Any = 0, Process = 1, Group = 2, Pidfd = 3 };

/// The options of waitid(2).
enum class WaitOptions : std::int32_t {
    None = 0,
    NoHang = 1,
    Stopped = 2,
    Exited = 4,
    Continued = 8,
    NoWait = 0x1000000,      ///< the child can be waited for again
    OfThread = 0x20000000,   ///< not the children of other threads; Linux 4.7
    OfAnyKind = 0x40000000,  ///< also those that clone(2) made to send no SIGCHLD; Linux 4.7
};
template <>
inline constexpr bool is_flags<WaitOptions> = true;

/// CLD_: how a child changed.
enum class ChildCode : std::int32_t { Exited = 1, Killed = 2, Dumped = 3, Trapped = 4, Stopped = 5, Continued = 6 };

/// What siginfo_t says of a child. `process` is `ProcessId::Self` when `NoHang` found none that changed; `status` is
/// the exit status or the signal.
struct ChildChange {
    ProcessId process;
    ChildCode code;
    std::int32_t status;
};

/// waitid(2): waits until a child of those that `which` and `number` name changes as `options` say. `Errno::Child` when
/// there is none, also after one of a process that ignores SIGCHLD ended.
[[nodiscard]] WELD_API Result<ChildChange> waitid(WaitFor which, std::int32_t number, WaitOptions options) noexcept;

/// setpgid(2): `process` belongs to `group` from now on; `ProcessId::Self` stands for the calling process, and for a
/// group of its own.
[[nodiscard]] WELD_API Result<void> setpgid(ProcessId process, ProcessId group) noexcept;

/// setsid(2): the calling process begins a session, and a group, of its own. `Errno::Perm` when it leads a group.
[[nodiscard]] WELD_API Result<void> setsid() noexcept;

}  // namespace weld::sys
