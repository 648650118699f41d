// SPDX-License-Identifier: MIT
//
// os/linux: what only Linux has.
#pragma once

#include <weld/os/unix/process.hpp>

namespace weld::os {

/// The child gets the signal `number` when the thread that starts it ends, which may be before this process does; at
/// once when it has by then. (Green ends no thread that has children before its runtime.) Lost when the child's program
/// changes user. prctl(2), PR_SET_PDEATHSIG.
WELD_API Command& death_signal(Command& command, int number) noexcept;

/// The pidfd of `child`, which keeps it: readable for poll(2) when the process has ended. Nothing before Linux 5.2.
[[nodiscard]] WELD_API std::optional<int> pidfd(const Child& child) noexcept;

/// Not of a temporary, which takes the descriptor with it.
std::optional<int> pidfd(const Child&& child) = delete;

/// The pidfd of `child`, which gives it away, and with it the waiting: waitid(2), P_PIDFD.
[[nodiscard]] WELD_API std::optional<sys::OwnedHandle> into_pidfd(Child&& child) noexcept;

}  // namespace weld::os
