// SPDX-License-Identifier: MIT
//
// os/linux: functions that only Linux has.
#pragma once

#include <weld/os/unix/process.hpp>

namespace weld::os {

/// The child gets the signal `number` when the thread that starts it ends, which may be before this process ends. If
/// that thread has ended by then, the child gets the signal at once. (Green keeps a thread that has children until its
/// runtime ends.) The setting is lost when the child's program changes its user. prctl(2), PR_SET_PDEATHSIG.
WELD_API Command& death_signal(Command& command, int number) noexcept;

/// The pidfd of `child`, borrowed: readable for poll(2) when the process has ended. nullopt before Linux 5.2.
[[nodiscard]] WELD_API std::optional<int> pidfd(const Child& child) noexcept;

/// Deleted: a temporary would close the descriptor.
std::optional<int> pidfd(const Child&& child) = delete;

/// Moves the pidfd out of `child`. The caller then has to wait: waitid(2), P_PIDFD.
[[nodiscard]] WELD_API std::optional<sys::OwnedHandle> into_pidfd(Child&& child) noexcept;

}  // namespace weld::os
