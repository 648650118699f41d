// SPDX-License-Identifier: MIT
//
// setuid, setgid, setgroups: who the calling thread is, as the kernel has it.
//
// The system calls themselves. glibc's functions of these names change all threads of the process, as POSIX wants it,
// by a signal to each: a child that shares its parent's memory would change the parent.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstdint>
#include <span>

namespace weld::sys {

/// setuid(2) of the calling thread: the real, the effective and the saved user, for those who may.
[[nodiscard]] WELD_API Result<void> setuid_of_thread(std::uint32_t user) noexcept;

/// setgid(2) of the calling thread.
[[nodiscard]] WELD_API Result<void> setgid_of_thread(std::uint32_t group) noexcept;

/// setgroups(2) of the calling thread: its supplementary groups.
[[nodiscard]] WELD_API Result<void> setgroups_of_thread(std::span<const std::uint32_t> groups) noexcept;

}  // namespace weld::sys
