// SPDX-License-Identifier: MIT
#include <weld/sys/posix/fs.hpp>

#include "check.hpp"
#include "timespec.hpp"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstring>
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
static_assert(std::to_underlying(OpenFlags::Unnamed) == O_TMPFILE);
static_assert(std::to_underlying(AtFlags::SymlinkNoFollow) == AT_SYMLINK_NOFOLLOW);
static_assert(std::to_underlying(AtFlags::RemoveDirectory) == AT_REMOVEDIR);
static_assert(std::to_underlying(AtFlags::SymlinkFollow) == AT_SYMLINK_FOLLOW);
static_assert(std::to_underlying(AtFlags::NoAutomount) == AT_NO_AUTOMOUNT);
static_assert(std::to_underlying(AtFlags::EmptyPath) == AT_EMPTY_PATH);
static_assert(utime_now.nanoseconds == UTIME_NOW && utime_omit.nanoseconds == UTIME_OMIT);

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

Result<void> linkat(BorrowedFd from_at, CStr from, BorrowedFd to_at, CStr to, AtFlags flags) noexcept {
    return check(::linkat(from_at.raw(), from.c_str(), to_at.raw(), to.c_str(), static_cast<int>(flags)));
}

Result<void> symlinkat(CStr target, BorrowedFd at, CStr path) noexcept {
    return check(::symlinkat(target.c_str(), at.raw(), path.c_str()));
}

Result<std::size_t> readlinkat(BorrowedFd at, CStr path, std::span<char> target) noexcept {
    return check_count(::readlinkat(at.raw(), path.c_str(), target.data(), target.size()));
}

Result<std::size_t> realpath(CStr path, std::span<char, 4096> target) noexcept {
    static_assert(PATH_MAX == 4096);
    if (::realpath(path.c_str(), target.data()) == nullptr) {
        return last_error();
    }
    return std::strlen(target.data());
}

Result<void> fchmodat(BorrowedFd at, CStr path, std::uint32_t mode, AtFlags flags) noexcept {
    return check(::fchmodat(at.raw(), path.c_str(), static_cast<mode_t>(mode), static_cast<int>(flags)));
}

Result<void> fchmod(BorrowedFd fd, std::uint32_t mode) noexcept {
    return check(::fchmod(fd.raw(), static_cast<mode_t>(mode)));
}

Result<void> fchownat(BorrowedFd at, CStr path, std::uint32_t user, std::uint32_t group, AtFlags flags) noexcept {
    return check(::fchownat(at.raw(), path.c_str(), user, group, static_cast<int>(flags)));
}

Result<void> fchown(BorrowedFd fd, std::uint32_t user, std::uint32_t group) noexcept {
    return check(::fchown(fd.raw(), user, group));
}

Result<void> utimensat(BorrowedFd at, CStr path, Timespec accessed, Timespec modified, AtFlags flags) noexcept {
    const timespec times[2] = {to_system(accessed), to_system(modified)};
    return check(::utimensat(at.raw(), path.c_str(), times, static_cast<int>(flags)));
}

Result<void> futimens(BorrowedFd fd, Timespec accessed, Timespec modified) noexcept {
    const timespec times[2] = {to_system(accessed), to_system(modified)};
    return check(::futimens(fd.raw(), times));
}

}  // namespace weld::sys
