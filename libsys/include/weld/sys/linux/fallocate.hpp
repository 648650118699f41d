// SPDX-License-Identifier: MIT
//
// fallocate(2): reserves storage for a range of a file, or punches a hole into it.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// FALLOC_FL_: what fallocate(2) does with the range. `KeepSize` keeps the length of the file.
enum class FallocateMode : std::uint32_t {
    Reserve = 0,
    KeepSize = 0x1,
    PunchHole = 0x2,  ///< with `KeepSize`
};
template <>
inline constexpr bool is_flags<FallocateMode> = true;

/// fallocate(2). `Errno::Opnotsupp` where the file system does not support `mode`.
[[nodiscard]] WELD_API Result<void> fallocate(BorrowedFd fd, FallocateMode mode, std::uint64_t offset,
                                              std::uint64_t length) noexcept;

}  // namespace weld::sys
