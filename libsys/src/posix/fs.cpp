// SPDX-License-Identifier: MIT
#include <weld/sys/posix/fs.hpp>

#include "check.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(OpenFlags::WriteOnly) == O_WRONLY &&
              std::to_underlying(OpenFlags::ReadWrite) == O_RDWR);
static_assert(std::to_underlying(OpenFlags::Create) == O_CREAT && std::to_underlying(OpenFlags::Exclusive) == O_EXCL);
static_assert(std::to_underlying(OpenFlags::NoCtty) == O_NOCTTY && std::to_underlying(OpenFlags::Truncate) == O_TRUNC);
static_assert(std::to_underlying(OpenFlags::Append) == O_APPEND &&
              std::to_underlying(OpenFlags::Nonblock) == O_NONBLOCK);
static_assert(std::to_underlying(OpenFlags::Direct) == O_DIRECT &&
              std::to_underlying(OpenFlags::Directory) == O_DIRECTORY);
static_assert(std::to_underlying(OpenFlags::NoFollow) == O_NOFOLLOW && std::to_underlying(OpenFlags::Path) == O_PATH);
static_assert(std::to_underlying(OpenFlags::CloseOnExec) == O_CLOEXEC);
static_assert(std::to_underlying(AtFlags::SymlinkNoFollow) == AT_SYMLINK_NOFOLLOW);
static_assert(std::to_underlying(AtFlags::RemoveDirectory) == AT_REMOVEDIR);
static_assert(std::to_underlying(AtFlags::NoAutomount) == AT_NO_AUTOMOUNT);
static_assert(std::to_underlying(AtFlags::EmptyPath) == AT_EMPTY_PATH);

Result<OwnedFd> openat(BorrowedFd at, CStr path, OpenFlags flags, std::uint32_t mode) noexcept {
    const int opened = ::openat(at.raw(), path.c_str(), static_cast<int>(flags), static_cast<mode_t>(mode));
    if (opened < 0) [[unlikely]] {
        return last_error();
    }
    return Result<OwnedFd>(std::in_place, opened);
}

Result<void> fstatat(BorrowedFd at, CStr path, AtFlags flags, Stat& target) noexcept {
    return check(::fstatat(at.raw(), path.c_str(), reinterpret_cast<struct stat*>(&target), static_cast<int>(flags)));
}

Result<void> mkdirat(BorrowedFd at, CStr path, std::uint32_t mode) noexcept {
    return check(::mkdirat(at.raw(), path.c_str(), static_cast<mode_t>(mode)));
}

Result<void> unlinkat(BorrowedFd at, CStr path, AtFlags flags) noexcept {
    return check(::unlinkat(at.raw(), path.c_str(), static_cast<int>(flags)));
}

Result<void> renameat(BorrowedFd from_at, CStr from, BorrowedFd to_at, CStr to) noexcept {
    return check(::renameat(from_at.raw(), from.c_str(), to_at.raw(), to.c_str()));
}

}  // namespace weld::sys
