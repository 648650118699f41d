// SPDX-License-Identifier: MIT
#include <weld/sys/linux/fallocate.hpp>

#include "../posix/check.hpp"

#include <fcntl.h>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(FallocateMode::KeepSize) == FALLOC_FL_KEEP_SIZE &&
              std::to_underlying(FallocateMode::PunchHole) == FALLOC_FL_PUNCH_HOLE);

Result<void> fallocate(BorrowedFd fd, FallocateMode mode, std::uint64_t offset, std::uint64_t length) noexcept {
    return check(::fallocate(fd.raw(), static_cast<int>(mode), static_cast<off_t>(offset), static_cast<off_t>(length)));
}

}  // namespace weld::sys
