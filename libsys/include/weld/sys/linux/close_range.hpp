// SPDX-License-Identifier: MIT
//
// close_range(2): closes all descriptors of a range at once, or marks them close-on-exec.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// CLOSE_RANGE_: the flags of close_range(2).
enum class CloseRangeFlags : std::uint32_t {
    None = 0,
    Unshare = 2,      ///< for the calling thread alone, which first gets its own descriptor table
    CloseOnExec = 4,  ///< closes nothing now: exec does it
};
template <>
inline constexpr bool is_flags<CloseRangeFlags> = true;

/// close_range(2): closes the descriptors from `first` to `last`, both included. `Errno::Nosys` before Linux 5.9,
/// `Errno::Inval` for `CloseOnExec` before 5.11.
[[nodiscard]] WELD_API Result<void> close_range(std::uint32_t first, std::uint32_t last,
                                                CloseRangeFlags flags) noexcept;

}  // namespace weld::sys
