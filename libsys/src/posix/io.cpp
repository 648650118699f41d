// SPDX-License-Identifier: MIT
#include <weld/sys/posix/io.hpp>

#include "check.hpp"

#include <unistd.h>

namespace weld::sys {

static_assert(sizeof(off_t) == 8, "weld needs 64-bit file offsets");
static_assert(static_cast<int>(Whence::Set) == SEEK_SET && static_cast<int>(Whence::Current) == SEEK_CUR);
static_assert(static_cast<int>(Whence::End) == SEEK_END && static_cast<int>(Whence::Data) == SEEK_DATA);
static_assert(static_cast<int>(Whence::Hole) == SEEK_HOLE);

Errno libc::last_error() noexcept { return static_cast<Errno>(errno); }

Result<std::uint64_t> lseek(BorrowedFd fd, std::int64_t offset, Whence whence) noexcept {
    // Positions above INT64_MAX (/proc/self/mem and some directories have them) are negative; only -1 is an error.
    const off_t position = ::lseek(fd.raw(), offset, static_cast<int>(whence));
    if (position == -1) {
        return last_error();
    }
    return static_cast<std::uint64_t>(position);
}

Result<void> fsync(BorrowedFd fd) noexcept { return check(::fsync(fd.raw())); }

Result<void> fdatasync(BorrowedFd fd) noexcept { return check(::fdatasync(fd.raw())); }

Result<void> ftruncate(BorrowedFd fd, std::uint64_t length) noexcept {
    return check(::ftruncate(fd.raw(), static_cast<off_t>(length)));
}

Result<void> isatty(BorrowedFd fd) noexcept {
    if (::isatty(fd.raw()) != 1) {
        return last_error();
    }
    return {};
}

}  // namespace weld::sys
