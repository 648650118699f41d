// SPDX-License-Identifier: MIT
//
// copy_file_range(2): bytes from file to file, inside the kernel, shared where the file system can.
#pragma once

#include <weld/sys/repr.hpp>

#include <cstddef>

namespace weld::sys {

/// copy_file_range(2): copies up to `count` bytes from and to the positions of both, moves them, and returns how many.
/// Zero at the end of `from`, and for some files that only say they are empty.
[[nodiscard]] WELD_API Result<std::size_t> copy_file_range(BorrowedFd from, BorrowedFd to, std::size_t count) noexcept;

}  // namespace weld::sys
