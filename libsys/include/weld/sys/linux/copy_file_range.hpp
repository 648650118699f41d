// SPDX-License-Identifier: MIT
//
// copy_file_range(2): copies bytes from file to file inside the kernel; the files share storage where the file system
// can do that.
#pragma once

#include <weld/sys/repr.hpp>

#include <cstddef>

namespace weld::sys {

/// copy_file_range(2): copies up to `count` bytes from the position of `from` to the position of `to`, moves both
/// positions, and returns how many bytes it copied. Zero at the end of `from`, and for some files that report the size
/// zero but have content (as in /proc).
[[nodiscard]] WELD_API Result<std::size_t> copy_file_range(BorrowedFd from, BorrowedFd to, std::size_t count) noexcept;

}  // namespace weld::sys
