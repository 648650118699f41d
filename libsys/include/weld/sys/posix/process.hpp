// SPDX-License-Identifier: MIT
//
// Processes: fork, kill, waitid, setpgid, setsid, getppid.
//
// The process id of a child is reserved until the child is reaped (waited for); after that the kernel may give it to
// another process.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/posix/signal.hpp>

#include <cstdint>

namespace weld::sys {

/// pid_t.
enum class ProcessId : std::int32_t { Self = 0 };

/// getppid(2).
[[nodiscard]] WELD_API ProcessId getppid() noexcept;

/// fork(2): makes a child with a copy of the memory and the calling thread alone. Returns the id of the child, and in
/// the child `ProcessId::Self`.
[[nodiscard]] WELD_API Result<ProcessId> fork() noexcept;

/// kill(2).
[[nodiscard]] WELD_API Result<void> kill(ProcessId process, Signal signal) noexcept;

/// P_: the kind of the number given to waitid.
enum class WaitFor : std::int32_t { Any = 0, Process = 1, Group = 2, Pidfd = 3 };

/// The options of waitid(2).
enum class WaitOptions : std::int32_t {
    None = 0,
    NoHang = 1,
    Stopped = 2,
    Exited = 4,
    Continued = 8,
    NoWait = 0x1000000,      ///< does not reap the child: it can be waited for again
    OfThread = 0x20000000,   ///< not the children of other threads; Linux 4.7
    OfAnyKind = 0x40000000,  ///< also children that clone(2) made without SIGCHLD; Linux 4.7
};
template <>
inline constexpr bool is_flags<WaitOptions> = true;

/// CLD_: how the state of a child changed.
enum class ChildCode : std::int32_t { Exited = 1, Killed = 2, Dumped = 3, Trapped = 4, Stopped = 5, Continued = 6 };

/// The fields of siginfo_t about a child. `process` is `ProcessId::Self` when `NoHang` found no child that changed;
/// `status` is the exit status or the signal.
struct ChildChange {
    ProcessId process;
    ChildCode code;
    std::int32_t status;
};

/// waitid(2): waits until one of the children that `which` and `number` name changes its state as `options` ask.
/// `Errno::Child` when there is no such child; also when it has ended and this process ignores SIGCHLD, since the
/// kernel then leaves no zombie.
[[nodiscard]] WELD_API Result<ChildChange> waitid(WaitFor which, std::int32_t number, WaitOptions options) noexcept;

/// setpgid(2): moves `process` to the process group `group`. `ProcessId::Self` as `process` is the calling process, as
/// `group` a group of its own.
[[nodiscard]] WELD_API Result<void> setpgid(ProcessId process, ProcessId group) noexcept;

/// setsid(2): the calling process starts a new session and a new process group. `Errno::Perm` when it already leads a
/// process group.
[[nodiscard]] WELD_API Result<void> setsid() noexcept;

}  // namespace weld::sys
