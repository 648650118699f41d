// SPDX-License-Identifier: MIT
//
// passwd(5): what the system's list of users says of one.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstddef>
#include <span>

namespace weld::sys {

/// getpwuid_r(3): the home directory of the real user into the front of `target`, with a NUL. `Errno::Noent` for a
/// user that is not in the list, `Errno::Range` when it does not fit. glibc asks what nsswitch.conf(5) names, and reads
/// files for that.
[[nodiscard]] WELD_API Result<void> getpwuid_directory(std::span<char> target) noexcept;

}  // namespace weld::sys
