// SPDX-License-Identifier: MIT
//
// The environment of the process, and the places that belong to it.
//
// The current directory and the variables are the process's: another thread, or a library, may change them at any time.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/errno.hpp>

#include <cstddef>
#include <span>

namespace weld::native {

/// "NAME=value" each, and a null at the end; null itself when there is none. Not to be read while another thread
/// changes it.
[[nodiscard]] WELD_API const char* const* variables() noexcept;

/// The path of the current directory into the front of `target`, with a NUL. Nametoolong when it does not fit, Noent
/// when the directory is removed or not to be reached.
[[nodiscard]] WELD_API sys::Result<void> current_directory(std::span<char> target) noexcept;

[[nodiscard]] WELD_API sys::Result<void> set_current_directory(sys::CStr path) noexcept;

/// The path of the running program into the front of `target`, without a NUL, and how many bytes that is; when it was
/// removed, Linux puts " (deleted)" behind it. Range when it does not fit.
[[nodiscard]] WELD_API sys::Result<std::size_t> executable(std::span<char> target) noexcept;

/// What the process was given, a NUL behind each: as much of it as there is from byte `offset` into the front of
/// `target`, and how many bytes. Zero at the end.
[[nodiscard]] WELD_API sys::Result<std::size_t> arguments(std::span<std::byte> target, std::size_t offset) noexcept;

/// The directory of the real user, as the system's list of users has it, with a NUL. Noent for a user who is not there.
[[nodiscard]] WELD_API sys::Result<void> home_directory(std::span<char> target) noexcept;

/// The name of this host, with a NUL; 64 bytes and that hold it.
[[nodiscard]] WELD_API sys::Result<void> host_name(std::span<char> target) noexcept;

}  // namespace weld::native
