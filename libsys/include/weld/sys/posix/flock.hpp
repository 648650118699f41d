// SPDX-License-Identifier: MIT
//
// flock(2): a lock that belongs to an open file description; all duplicates of its descriptor share it.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// LOCK_: which lock flock(2) takes, or that it unlocks.
enum class LockOperation : std::uint32_t {
    Shared = 1,
    Exclusive = 2,
    Nonblock = 4,  ///< together with one of the two above: `Errno::Again` instead of waiting
    Unlock = 8,
};
template <>
inline constexpr bool is_flags<LockOperation> = true;

/// flock(2). Converts an existing lock to the other kind; the conversion is not atomic.
[[nodiscard]] WELD_API Result<void> flock(BorrowedFd fd, LockOperation operation) noexcept;

}  // namespace weld::sys
