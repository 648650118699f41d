// SPDX-License-Identifier: MIT
//
// pidfd_open(2), pidfd_send_signal(2): a descriptor of a process.
//
// Unlike a process id it never comes to mean another process. poll(2) reports it readable when the process has ended.
#pragma once

#include <weld/sys/posix/process.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// pidfd_open(2): a descriptor of `process`, with close-on-exec set. `Errno::Nosys` before Linux 5.3.
[[nodiscard]] WELD_API Result<OwnedFd> pidfd_open(ProcessId process) noexcept;

/// PIDFD_SIGNAL_: the receivers of the signal.
enum class PidfdSignal : std::uint32_t {
    Process = 0,
    ProcessGroup = 4,  ///< each process of the group whose id is the id of `pidfd`'s process (Linux 6.9)
};

/// pidfd_send_signal(2). `Errno::Srch` when the process has ended and was reaped, or the process group is empty;
/// `Errno::Inval` where the kernel does not know `scope`.
[[nodiscard]] WELD_API Result<void> pidfd_send_signal(BorrowedFd pidfd, Signal signal,
                                                      PidfdSignal scope = PidfdSignal::Process) noexcept;

}  // namespace weld::sys
