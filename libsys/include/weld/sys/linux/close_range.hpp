// SPDX-License-Identifier: MIT
//
// close_range(2): all descriptors of a range at once.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// CLOSE_RANGE_.
enum class CloseRangeFlags : std::uint32_t {
    None = 0,
    Unshare = 2,      ///< for the calling thread alone, which has a table of its own from then on
    CloseOnExec = 4,  ///< nothing is closed now: exec does it
};
template <>
inline constexpr bool is_flags<CloseRangeFlags> = true;

/// close_range(2), from the descriptor `first` to `last`, both included. `Errno::Nosys` before Linux 5.9, and
/// `Errno::Inval` for `CloseOnExec` before 5.11.
[[nodiscard]] WELD_API Result<void> close_range(std::uint32_t first, std::uint32_t last,
                                                CloseRangeFlags flags) noexcept;

}  // namespace weld::sys
