// SPDX-License-Identifier: MIT
//
// Metadata where statx(2) is refused: an old kernel returns ENOSYS, an old seccomp filter EPERM, which statx itself
// never returns. The refusal is not cached: a failed call costs a quarter of a successful one, and a cached answer
// could be wrong.
#include <weld/native/metadata.hpp>

#include "refusal.hpp"

#include <weld/sys/linux/statx.hpp>
#include <weld/sys/posix/fs.hpp>

namespace weld::native {

namespace {

sys::StatxTimestamp to_statx(sys::Timespec time) noexcept {
    return {.seconds = time.seconds, .nanoseconds = static_cast<std::uint32_t>(time.nanoseconds), .reserved = 0};
}

// The inverse of makedev(3).
std::uint32_t major_of(std::uint64_t device) noexcept {
    return static_cast<std::uint32_t>(((device >> 8) & 0xfff) | ((device >> 32) & ~std::uint64_t{0xfff}));
}

std::uint32_t minor_of(std::uint64_t device) noexcept {
    return static_cast<std::uint32_t>((device & 0xff) | ((device >> 12) & ~std::uint64_t{0xff}));
}

sys::Statx to_statx(const sys::Stat& stat) noexcept {
    sys::Statx statx{};
    statx.mask = sys::StatxMask::BasicStats;
    statx.blksize = static_cast<std::uint32_t>(stat.blksize);
    statx.nlink = static_cast<std::uint32_t>(stat.nlink);
    statx.uid = stat.uid;
    statx.gid = stat.gid;
    statx.mode = static_cast<std::uint16_t>(stat.mode);
    statx.ino = stat.ino;
    statx.size = static_cast<std::uint64_t>(stat.size);
    statx.blocks = static_cast<std::uint64_t>(stat.blocks);
    statx.atime = to_statx(stat.atime);
    statx.mtime = to_statx(stat.mtime);
    statx.ctime = to_statx(stat.ctime);
    statx.rdev_major = major_of(stat.rdev);
    statx.rdev_minor = minor_of(stat.rdev);
    statx.dev_major = major_of(stat.dev);
    statx.dev_minor = minor_of(stat.dev);
    return statx;
}

}  // namespace

sys::Result<void> MetadataRecord::fill_without_statx(sys::Errno error, sys::BorrowedHandle at, sys::CStr path,
                                                     sys::AtFlags flags) noexcept {
    if (!may_refuse_call(error)) {
        return std::unexpected(error);
    }
    sys::Stat stat;
    if (const auto done = sys::fstatat(at, path, flags, stat); !done) {
        return done;
    }
    statx = to_statx(stat);
    return {};
}

}  // namespace weld::native
