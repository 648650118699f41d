// SPDX-License-Identifier: MIT
#include <weld/sys/posix/fcntl.hpp>

#include "check.hpp"

#include <fcntl.h>

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

}  // namespace weld::sys
