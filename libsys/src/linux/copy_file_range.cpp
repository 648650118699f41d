// SPDX-License-Identifier: MIT
#include <weld/sys/linux/copy_file_range.hpp>

#include "../posix/check.hpp"

#include <unistd.h>

namespace weld::sys {

Result<std::size_t> copy_file_range(BorrowedFd from, BorrowedFd to, std::size_t count) noexcept {
    return check_count(::copy_file_range(from.raw(), nullptr, to.raw(), nullptr, count, 0));
}

}  // namespace weld::sys
