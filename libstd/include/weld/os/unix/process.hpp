// SPDX-License-Identifier: MIT
//
// os/unix/process: settings and signals that only Unix has, as functions over a Command, a Child and an ExitStatus.
//
// The child applies several of these in this order: close_other_fds, map_fd, setsid, process_group, chroot, groups,
// gid, uid, current_dir, death_signal, pre_exec. An error of `spawn` names the step that failed; the caller adds the
// subject: `error.at(command.program())`.
#pragma once

#include <weld/process.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace weld::os {

using process::Child;
using process::Command;
using process::ExitStatus;

/// A function that runs in the child right before its program.
using PreExec = sys::Result<void> (*)(void* argument);

/// Makes `source` the file descriptor `number` of the child. A borrowed `source` must stay open here until the child is
/// started; the Command owns an OwnedHandle. Any numbers work, in any order, also swapped ones; the last call for a
/// number counts. 0, 1 and 2 are `in`, `out` and `err`. For a negative number the call that starts the child fails with
/// `Fault::BadDescriptor`.
WELD_API Command& map_fd(Command& command, int source, int number);
WELD_API Command& map_fd(Command& command, sys::OwnedHandle source, int number);

/// The same for a File, the end of a pipe, or anything else with `into_handle()`.
template <class T>
    requires(!std::is_reference_v<T>) && requires(T&& object) { std::forward<T>(object).into_handle().release(); }
Command& map_fd(Command& command, T&& source, int number) {
    return map_fd(command, std::forward<T>(source).into_handle(), number);
}

/// The child gets only the descriptors 0, 1, 2 and those of `map_fd`, also if this process has others without
/// close-on-exec.
WELD_API Command& close_other_fds(Command& command) noexcept;

/// The child runs as this user, this group and these supplementary groups. Needs the privilege, as a rule root. For a
/// `uid` without a `gid`, with which the child would keep this process's group, the call that starts the child fails
/// with InvalidInput. If `uid` is set and `groups` are not, the child has no supplementary groups, unless it is not
/// allowed to drop them.
WELD_API Command& uid(Command& command, std::uint32_t user) noexcept;
WELD_API Command& gid(Command& command, std::uint32_t group) noexcept;
WELD_API Command& groups(Command& command, std::span<const std::uint32_t> groups);

/// Puts the child into the process group `group`; zero makes a new group that the child leads. setpgid(2).
WELD_API Command& process_group(Command& command, std::int32_t group) noexcept;

/// The child leads a new session without a controlling terminal. setsid(2).
WELD_API Command& setsid(Command& command) noexcept;

/// Sets the root directory of the child. It is also the child's current directory unless another is set. chroot(2).
WELD_API Command& chroot(Command& command, PathRef path);

/// The name that the child sees as its own (argv[0]), in place of the program's.
WELD_API Command& arg0(Command& command, std::string_view name);

/// Calls `function(argument)` in the child after all other steps, in the child's own copy of the memory; `spawn`
/// returns its error. The function must be async-signal-safe, signal-safety(7): a lock that another thread held at the
/// fork, malloc's perhaps, is never unlocked in the child. The child then copies the memory of this process, which
/// takes longer the more there is. Until its program runs it also holds copies of the descriptors: a pipe whose writing
/// end other threads close meanwhile has no end of file before that. No handler of pthread_atfork(3) is called.
WELD_API Command& pre_exec(Command& command, PreExec function, void* argument);

/// Replaces the program of this process by that of `command`. Streams that are not set are inherited. Returns only on
/// failure; the steps before the failed one are then in effect in this process. `Fault::PipedStream` for a piped
/// stream, since no one could hold its other end.
[[nodiscard]] WELD_API Error exec(const Command& command) noexcept;

/// Sends `child` the signal `number`. As `Child::kill`, it does nothing to a child that was waited for.
[[nodiscard]] WELD_API Result<void> send_signal(const Child& child, int number) noexcept;

/// Sends the signal `number` to each process of the process group that `child` leads, because of
/// `process_group(command, 0)` or `setsid`. That includes the child's own children, and processes that outlived it.
/// ESRCH if no process is left, or the child leads no group. Unsupported before Linux 6.9 if the child was waited for,
/// since another group may have the same ID by then.
[[nodiscard]] WELD_API Result<void> signal_group(const Child& child, int number) noexcept;

/// Converts a status of waitpid(2) to an ExitStatus, and back.
[[nodiscard]] constexpr ExitStatus exit_status(int raw) noexcept { return ExitStatus(raw); }
[[nodiscard]] constexpr int raw(ExitStatus status) noexcept { return status.raw(); }

/// The signal that killed the process, if one did.
[[nodiscard]] constexpr std::optional<int> signal(ExitStatus status) noexcept {
    const int low = status.raw() & 0x7f;
    return low != 0 && low != 0x7f ? std::optional(low) : std::nullopt;
}

/// Whether the process left a core dump when a signal killed it.
[[nodiscard]] constexpr bool core_dumped(ExitStatus status) noexcept {
    return signal(status).has_value() && (status.raw() & 0x80) != 0;
}

/// The signal that stopped the process, and whether it was continued. Only a status of a waitpid(2) with WUNTRACED or
/// WCONTINUED has these.
[[nodiscard]] constexpr std::optional<int> stopped_signal(ExitStatus status) noexcept {
    return (status.raw() & 0xff) == 0x7f ? std::optional((status.raw() >> 8) & 0xff) : std::nullopt;
}
[[nodiscard]] constexpr bool continued(ExitStatus status) noexcept { return status.raw() == 0xffff; }

/// The process ID of the parent: the process that started this one, or the one that adopted it. getppid(2).
[[nodiscard]] WELD_API std::uint32_t parent_id() noexcept;

}  // namespace weld::os
