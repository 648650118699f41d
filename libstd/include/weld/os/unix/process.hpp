// SPDX-License-Identifier: MIT
//
// os/unix/process: what only Unix knows of processes, as functions over a Command, a Child and an ExitStatus.
//
// What several of these say is done in this order: close_other_fds, map_fd, setsid, process_group, chroot, groups, gid,
// uid, current_dir, death_signal, pre_exec. An error of `spawn` names the one that failed; its
// subject comes from the caller: `error.at(command.program())`.
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

/// What runs in the child right before its program.
using PreExec = sys::Result<void> (*)(void* argument);

/// The descriptor `number` of the child is `source`, which stays open here until the child is started, or belongs to
/// the Command. Any numbers, in any order, also swapped; one that is set again is the last. 0, 1 and 2 are `in`, `out`
/// and `err`. A negative number is `Fault::BadDescriptor` from what starts the child.
WELD_API Command& map_fd(Command& command, int source, int number);
WELD_API Command& map_fd(Command& command, sys::OwnedHandle source, int number);

/// The same of a File, the end of a pipe, or anything else that gives its handle away.
template <class T>
    requires(!std::is_reference_v<T>) && requires(T&& object) { std::forward<T>(object).into_handle().release(); }
Command& map_fd(Command& command, T&& source, int number) {
    return map_fd(command, std::forward<T>(source).into_handle(), number);
}

/// The child has no descriptors but 0, 1, 2 and those of `map_fd`, also where this process has some that are inherited.
WELD_API Command& close_other_fds(Command& command) noexcept;

/// The child runs as that user and that group. A `uid` without a `gid` is InvalidInput from what starts the child,
/// which would have this process's group otherwise. Where `uid` is set and `groups` are not, it has no supplementary
/// groups, unless it may not give them up. For those who may, as a rule root.
WELD_API Command& uid(Command& command, std::uint32_t user) noexcept;
WELD_API Command& gid(Command& command, std::uint32_t group) noexcept;
WELD_API Command& groups(Command& command, std::span<const std::uint32_t> groups);

/// The child belongs to that process group; zero is one of its own. setpgid(2).
WELD_API Command& process_group(Command& command, std::int32_t group) noexcept;

/// The child begins a session of its own, without a terminal. setsid(2).
WELD_API Command& setsid(Command& command) noexcept;

/// The root of the child, whose current directory it is too unless another is set. chroot(2).
WELD_API Command& chroot(Command& command, PathRef path);

/// What the child finds as its own name, instead of the program's.
WELD_API Command& arg0(Command& command, std::string_view name);

/// Calls `function(argument)` in the child, in memory of its own, when all else is done; an error of it is `spawn`'s.
/// It may call only what signal-safety(7) lists: locks that other threads held, malloc's perhaps, are never unlocked
/// there. The child has a copy of this process's memory then, which takes longer the more there is, and of its
/// descriptors until its program runs: a pipe whose writing end other threads close meanwhile has no end before that.
/// No handler of pthread_atfork(3) is called.
WELD_API Command& pre_exec(Command& command, PreExec function, void* argument);

/// Runs the program of `command` in place of this one, with streams that are inherited unless set; returns only when
/// that failed. This process may have changed in part then, up to the step that failed. `Fault::PipedStream`
/// for a piped stream, whose other end nobody could hold.
[[nodiscard]] WELD_API Error exec(const Command& command) noexcept;

/// Sends `child` the signal `number`; as `Child::kill`, nothing to one that was waited for.
[[nodiscard]] WELD_API Result<void> send_signal(const Child& child, int number) noexcept;

/// Sends the signal `number` to each process of the group that `child` leads, because of `process_group(command, 0)` or
/// `setsid`: to its own children, too, and to those that outlived it. ESRCH when there is none, or the child leads no
/// group. Unsupported before Linux 6.9 when the child was waited for, since the group's number may be another's by
/// then.
[[nodiscard]] WELD_API Result<void> signal_group(const Child& child, int number) noexcept;

/// A status as waitpid(2) gives it, and the way back.
[[nodiscard]] constexpr ExitStatus exit_status(int raw) noexcept { return ExitStatus(raw); }
[[nodiscard]] constexpr int raw(ExitStatus status) noexcept { return status.raw(); }

/// The signal that ended the process, if one did.
[[nodiscard]] constexpr std::optional<int> signal(ExitStatus status) noexcept {
    const int low = status.raw() & 0x7f;
    return low != 0 && low != 0x7f ? std::optional(low) : std::nullopt;
}

/// Whether the memory of the process was written to a file when a signal ended it.
[[nodiscard]] constexpr bool core_dumped(ExitStatus status) noexcept {
    return signal(status).has_value() && (status.raw() & 0x80) != 0;
}

/// The signal that stopped the process, and whether it went on; of a status that waitpid(2) gave to somebody who asked
/// for those.
[[nodiscard]] constexpr std::optional<int> stopped_signal(ExitStatus status) noexcept {
    return (status.raw() & 0xff) == 0x7f ? std::optional((status.raw() >> 8) & 0xff) : std::nullopt;
}
[[nodiscard]] constexpr bool continued(ExitStatus status) noexcept { return status.raw() == 0xffff; }

/// The system's number of the process that started this one, or took its place. getppid(2).
[[nodiscard]] WELD_API std::uint32_t parent_id() noexcept;

}  // namespace weld::os
