// SPDX-License-Identifier: MIT
//
// The environment of the process: variables, arguments, current directory, home directory, host name.
//
// The whole process shares the current directory and the variables: another thread, or a library, may change them at
// any time.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/errno.hpp>

#include <cstddef>
#include <span>

namespace weld::native {

/// An array of "NAME=value" strings with a null at the end; null when there is no array. Reading it while another
/// thread changes it is a race.
[[nodiscard]] WELD_API const char* const* variables() noexcept;

/// Writes the path of the current directory to the front of `target`, with a NUL. Range when it does not fit, Noent
/// when the directory was removed or cannot be reached from the root.
[[nodiscard]] WELD_API sys::Result<void> current_directory(std::span<char> target) noexcept;

[[nodiscard]] WELD_API sys::Result<void> set_current_directory(sys::CStr path) noexcept;

/// Writes the path of the running program to the front of `target`, without a NUL, and returns how many bytes. When
/// the program's file was removed, Linux appends " (deleted)". Range when it does not fit.
[[nodiscard]] WELD_API sys::Result<std::size_t> executable(std::span<char> target) noexcept;

/// Writes the arguments of the process, each with a NUL behind it, from byte `offset` on to the front of `target`, as
/// many as fit, and returns how many bytes. Zero at the end.
[[nodiscard]] WELD_API sys::Result<std::size_t> arguments(std::span<std::byte> target, std::size_t offset) noexcept;

/// Writes the home directory of the real user, from the system's user database, to `target`, with a NUL. Noent for a
/// user without an entry, Range when `target` does not hold the whole entry.
[[nodiscard]] WELD_API sys::Result<void> home_directory(std::span<char> target) noexcept;

/// Writes the name of this host to `target`, with a NUL. 65 bytes are always enough.
[[nodiscard]] WELD_API sys::Result<void> host_name(std::span<char> target) noexcept;

}  // namespace weld::native
