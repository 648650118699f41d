// SPDX-License-Identifier: MIT
#include <weld/sys/linux/close_range.hpp>

#include "../posix/check.hpp"

#include <linux/close_range.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(CloseRangeFlags::Unshare) == CLOSE_RANGE_UNSHARE);
static_assert(std::to_underlying(CloseRangeFlags::CloseOnExec) == CLOSE_RANGE_CLOEXEC);

Result<void> close_range(std::uint32_t first, std::uint32_t last, CloseRangeFlags flags) noexcept {
    return check(::syscall(SYS_close_range, first, last, flags));
}

}  // namespace weld::sys
