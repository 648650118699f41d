// SPDX-License-Identifier: MIT
#include <weld/sys/linux/getdents.hpp>

#include "../posix/check.hpp"

#include <dirent.h>
#include <utility>

namespace weld::sys {

static_assert(offsetof(dirent64, d_off) == 8 && offsetof(dirent64, d_reclen) == 16 &&
              offsetof(dirent64, d_type) == 18 && offsetof(dirent64, d_name) == 19);
static_assert(std::to_underlying(DirentType::Fifo) == DT_FIFO && std::to_underlying(DirentType::CharDevice) == DT_CHR);
static_assert(std::to_underlying(DirentType::Directory) == DT_DIR &&
              std::to_underlying(DirentType::BlockDevice) == DT_BLK);
static_assert(std::to_underlying(DirentType::Regular) == DT_REG && std::to_underlying(DirentType::Symlink) == DT_LNK);
static_assert(std::to_underlying(DirentType::Socket) == DT_SOCK);

Result<std::size_t> getdents64(BorrowedFd directory, std::span<std::byte> target) noexcept {
    return check_count(::getdents64(directory.raw(), target.data(), target.size()));
}

}  // namespace weld::sys
