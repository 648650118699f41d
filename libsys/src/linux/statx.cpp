// SPDX-License-Identifier: MIT
#include <weld/sys/linux/statx.hpp>

#include "../posix/check.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <cstddef>
#include <utility>

namespace weld::sys {

static_assert(sizeof(Statx) == sizeof(struct statx));
static_assert(offsetof(Statx, mask) == offsetof(struct statx, stx_mask));
static_assert(offsetof(Statx, nlink) == offsetof(struct statx, stx_nlink));
static_assert(offsetof(Statx, mode) == offsetof(struct statx, stx_mode));
static_assert(offsetof(Statx, ino) == offsetof(struct statx, stx_ino));
static_assert(offsetof(Statx, size) == offsetof(struct statx, stx_size));
static_assert(offsetof(Statx, atime) == offsetof(struct statx, stx_atime));
static_assert(offsetof(Statx, btime) == offsetof(struct statx, stx_btime));
static_assert(offsetof(Statx, ctime) == offsetof(struct statx, stx_ctime));
static_assert(offsetof(Statx, mtime) == offsetof(struct statx, stx_mtime));
static_assert(offsetof(Statx, dev_minor) == offsetof(struct statx, stx_dev_minor));
static_assert(std::to_underlying(StatxMask::BasicStats) == STATX_BASIC_STATS);
static_assert(std::to_underlying(StatxMask::BirthTime) == STATX_BTIME);

Result<void> statx(BorrowedFd at, CStr path, AtFlags flags, StatxMask wanted, Statx& target) noexcept {
    return check(::statx(at.raw(), path.c_str(), static_cast<int>(flags), static_cast<unsigned>(wanted),
                         reinterpret_cast<struct statx*>(&target)));
}

}  // namespace weld::sys
