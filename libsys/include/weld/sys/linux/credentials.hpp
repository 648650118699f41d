// SPDX-License-Identifier: MIT
//
// setuid, setgid, setgroups: the user and the groups of the calling thread alone.
//
// The raw system calls. glibc's functions of these names send a signal to each thread of the process to change all of
// them, as POSIX requires: a child that shares its parent's memory would change the parent.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstdint>
#include <span>

namespace weld::sys {

/// setuid(2) of the calling thread: sets the effective user, with privilege (CAP_SETUID) also the real and the saved.
[[nodiscard]] WELD_API Result<void> setuid_of_thread(std::uint32_t user) noexcept;

/// setgid(2) of the calling thread.
[[nodiscard]] WELD_API Result<void> setgid_of_thread(std::uint32_t group) noexcept;

/// setgroups(2) of the calling thread: its supplementary groups.
[[nodiscard]] WELD_API Result<void> setgroups_of_thread(std::span<const std::uint32_t> groups) noexcept;

}  // namespace weld::sys
