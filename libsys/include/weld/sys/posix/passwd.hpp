// SPDX-License-Identifier: MIT
//
// passwd(5): the entry of a user in the system's user database.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstddef>
#include <span>

namespace weld::sys {

/// getpwuid_r(3): writes the home directory of the real user to the front of `target`, with a NUL. `Errno::Noent` for
/// a user without an entry, `Errno::Range` when `target` does not hold the whole entry: name, comment and shell are
/// written to it first. glibc asks the services that nsswitch.conf(5) names, and reads files to do so.
[[nodiscard]] WELD_API Result<void> getpwuid_directory(std::span<char> target) noexcept;

}  // namespace weld::sys
