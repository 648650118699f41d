// SPDX-License-Identifier: MIT
//
// flock(2): a lock of an open file description, which all duplicates of its descriptor share.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

namespace weld::sys {

/// LOCK_.
enum class LockOperation : std::uint32_t {
    Shared = 1,
    Exclusive = 2,
    Nonblock = 4,  ///< with one of the two: `Errno::Again` instead of waiting
    Unlock = 8,
};
template <>
inline constexpr bool is_flags<LockOperation> = true;

/// flock(2). A lock that is there already is changed to the other kind, not at once.
[[nodiscard]] WELD_API Result<void> flock(BorrowedFd fd, LockOperation operation) noexcept;

}  // namespace weld::sys
