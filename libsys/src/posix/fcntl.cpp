// SPDX-License-Identifier: MIT
#include <weld/sys/posix/fcntl.hpp>

#include "check.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weld::sys {

Result<OpenFlags> fcntl_getfl(BorrowedFd fd) noexcept {
    const int flags = ::fcntl(fd.raw(), F_GETFL);
    if (flags < 0) [[unlikely]] {
        return last_error();
    }
    return static_cast<OpenFlags>(flags);
}

Result<void> fcntl_setfl(BorrowedFd fd, OpenFlags flags) noexcept {
    return check(::fcntl(fd.raw(), F_SETFL, static_cast<int>(flags)));
}

Result<OwnedFd> fcntl_dupfd_cloexec(BorrowedFd fd, RawHandle least) noexcept {
    const int made = ::fcntl(fd.raw(), F_DUPFD_CLOEXEC, least);
    if (made < 0) [[unlikely]] {
        return last_error();
    }
    return Result<OwnedFd>(std::in_place, made);
}

Answer<bool> fcntl_get_cloexec(BorrowedFd fd) noexcept {
    const int flags = ::fcntl(fd.raw(), F_GETFD);
    if (flags < 0) [[unlikely]] {
        return last_error();
    }
    return (flags & FD_CLOEXEC) != 0;
}

Result<void> fcntl_set_cloexec(BorrowedFd fd, bool closes) noexcept {
    return check(::fcntl(fd.raw(), F_SETFD, closes ? FD_CLOEXEC : 0));
}

// The raw system call: the thread sanitizer intercepts the name dup3 and records in the memory of the process that
// `number` has changed, also when a child calls it that shares that memory and has its own descriptor table.
Result<void> dup3(BorrowedFd fd, RawHandle number) noexcept { return check(::syscall(SYS_dup3, fd.raw(), number, 0)); }

}  // namespace weld::sys
