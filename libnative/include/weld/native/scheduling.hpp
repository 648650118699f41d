// SPDX-License-Identifier: MIT
//
// CPU affinity and priority of the calling thread: where it runs, and how much of a busy CPU it gets.
//
// A CPU is identified by the system's number. A request that the system would fulfil only in part (some of the CPUs,
// since the others do not exist) is refused instead, and then nothing has changed.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::native {

/// How much time a thread gets on a busy CPU. On Linux each step is five nice values, which is about three times the
/// CPU time; `Normal` is nice 0.
enum class Priority : std::uint8_t {
    Lowest,       ///< nice 10
    BelowNormal,  ///< nice 5
    Normal,
    AboveNormal,  ///< nice -5
    Highest,      ///< nice -10
};

/// Fills `cpus` with the CPUs that the calling thread may run on, in order, as many as fit, and returns how many there
/// are in all.
[[nodiscard]] WELD_API sys::Result<std::size_t> affinity(std::span<std::uint32_t> cpus) noexcept;

/// Restricts the calling thread to `cpus`. `Errno::Inval` for an empty set, and for a CPU that does not exist or that
/// the process may not use.
[[nodiscard]] WELD_API sys::Result<void> set_affinity(std::span<const std::uint32_t> cpus) noexcept;

/// The priority of the calling thread, rounded to the nearest step.
[[nodiscard]] WELD_API sys::Result<Priority> priority() noexcept;

/// Sets the priority of the calling thread. `Errno::Acces` for a higher priority than the present one without the
/// privilege; on Linux also for going back up to an earlier priority.
[[nodiscard]] WELD_API sys::Result<void> set_priority(Priority wanted) noexcept;

}  // namespace weld::native
