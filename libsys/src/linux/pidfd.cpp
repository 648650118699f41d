// SPDX-License-Identifier: MIT
#include <weld/sys/linux/pidfd.hpp>

#include "../posix/check.hpp"

#include <sys/syscall.h>
#include <unistd.h>

namespace weld::sys {

Result<OwnedFd> pidfd_open(ProcessId process) noexcept {
    const long made = ::syscall(SYS_pidfd_open, process, 0);
    if (made < 0) [[unlikely]] {
        return last_error();
    }
    return Result<OwnedFd>(std::in_place, static_cast<int>(made));
}

Result<void> pidfd_send_signal(BorrowedFd pidfd, Signal signal, PidfdSignal scope) noexcept {
    return check(::syscall(SYS_pidfd_send_signal, pidfd.raw(), signal, nullptr, scope));
}

}  // namespace weld::sys
