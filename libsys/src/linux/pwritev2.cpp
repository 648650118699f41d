// SPDX-License-Identifier: MIT
#include <weld/sys/linux/pwritev2.hpp>

#include "../posix/check.hpp"

#include <limits.h>
#include <sys/uio.h>

namespace weld::sys {

Result<std::size_t> pwritev2(BorrowedFd fd, std::span<const IoSlice> sources, WriteFlags flags) noexcept {
    constexpr off_t at_position = -1;
    const int count = sources.size() <= IOV_MAX ? static_cast<int>(sources.size()) : INT_MAX;
    return check_count(::pwritev2(fd.raw(), reinterpret_cast<const iovec*>(sources.data()), count, at_position,
                                  static_cast<int>(flags)));
}

}  // namespace weld::sys
