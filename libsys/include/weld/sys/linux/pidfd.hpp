// SPDX-License-Identifier: MIT
//
// pidfd_open(2), pidfd_send_signal(2): a descriptor of a process, which never means another one.
//
// poll(2) finds it readable when the process has ended.
#pragma once

#include <weld/sys/posix/process.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// pidfd_open(2): a descriptor of `process`, closed by exec. `Errno::Nosys` before Linux 5.3.
[[nodiscard]] WELD_API Result<OwnedFd> pidfd_open(ProcessId process) noexcept;

/// PIDFD_SIGNAL_: whom the signal is for.
enum class PidfdSignal : std::uint32_t {
    Process = 0,
    ProcessGroup = 4,  ///< each process of the group whose number is that of `pidfd`'s process (Linux 6.9)
};

/// pidfd_send_signal(2). `Errno::Srch` when the process has ended and was waited for, or the group has no process;
/// `Errno::Inval` where the kernel does not know `scope`.
[[nodiscard]] WELD_API Result<void> pidfd_send_signal(BorrowedFd pidfd, Signal signal,
                                                      PidfdSignal scope = PidfdSignal::Process) noexcept;

}  // namespace weld::sys
