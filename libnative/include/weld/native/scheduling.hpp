// SPDX-License-Identifier: MIT
//
// Where a thread runs, and how much of a busy CPU it gets: affinity and priority of the calling thread.
//
// A CPU is known by the system's number of it. What the system would do in part (some of the CPUs, since there are no
// others) is refused instead, and nothing has changed then.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::native {

/// How much of a busy CPU a thread gets beside others. On Linux each step is five of the nice value, some three times
/// the time, `Normal` being zero.
enum class Priority : std::uint8_t {
    Lowest,       ///< nice 10
    BelowNormal,  ///< nice 5
    Normal,
    AboveNormal,  ///< nice -5
    Highest,      ///< nice -10
};

/// Fills `cpus` with the CPUs that the calling thread may run on, in order, as far as they fit, and returns how many
/// there are.
[[nodiscard]] WELD_API sys::Result<std::size_t> affinity(std::span<std::uint32_t> cpus) noexcept;

/// Lets the calling thread run on `cpus` and nowhere else. `Errno::Inval` for none, and for one that there is not or
/// that the process may not use.
[[nodiscard]] WELD_API sys::Result<void> set_affinity(std::span<const std::uint32_t> cpus) noexcept;

/// The priority of the calling thread, or the one nearest to it.
[[nodiscard]] WELD_API sys::Result<Priority> priority() noexcept;

/// Gives the calling thread `wanted`. `Errno::Acces` for more than it has without the privilege; on Linux to come back
/// up is more, too.
[[nodiscard]] WELD_API sys::Result<void> set_priority(Priority wanted) noexcept;

}  // namespace weld::native
