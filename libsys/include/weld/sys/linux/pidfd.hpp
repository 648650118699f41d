// SPDX-License-Identifier: MIT
//
// pidfd_open(2), pidfd_send_signal(2): a descriptor of a process, which never means another one.
//
// poll(2) finds it readable when the process has ended.
#pragma once

#include <weld/sys/posix/process.hpp>
#include <weld/sys/repr.hpp>

namespace weld::sys {

/// pidfd_open(2): a descriptor of `process`, closed by exec. `Errno::Nosys` before Linux 5.3.
[[nodiscard]] WELD_API Result<OwnedFd> pidfd_open(ProcessId process) noexcept;

/// pidfd_send_signal(2). `Errno::Srch` when the process has ended and was waited for.
[[nodiscard]] WELD_API Result<void> pidfd_send_signal(BorrowedFd pidfd, Signal signal) noexcept;

}  // namespace weld::sys
