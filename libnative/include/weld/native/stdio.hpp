// SPDX-License-Identifier: MIT
//
// The standard handles, which the process has and nobody owns.
#pragma once

#include <weld/native/file.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::native {

enum class StandardHandle : std::uint8_t { Input = 0, Output = 1, Error = 2 };

/// The handle, which may be closed, and may be another file's then.
[[nodiscard]] WELD_API sys::BorrowedHandle standard_handle(StandardHandle which) noexcept;

/// Reads from standard input into the front of `target`.
[[nodiscard]] WELD_API sys::Result<std::size_t> read_standard_input(std::span<std::byte> target) noexcept;

/// Writes to standard output from the front of `source`, and gets the error Pipe, no signal, when nobody reads. Waits
/// for room, also where another process made the handle non-blocking.
[[nodiscard]] WELD_API sys::Result<std::size_t> write_standard_output(std::span<const std::byte> source) noexcept;

/// Waits until `handle`, where it is non-blocking, has room for a write. Whether it is non-blocking.
[[nodiscard]] WELD_API bool wait_if_nonblocking(sys::BorrowedHandle handle) noexcept;

/// The null device, open for reading and writing: nothing comes, and all is taken.
[[nodiscard]] WELD_API sys::Result<File> open_null() noexcept;

/// isatty(3).
[[nodiscard]] WELD_API bool is_terminal(sys::BorrowedHandle handle) noexcept;

/// Opens the null device for each standard handle that is closed, so that no file is taken for one. Before other
/// threads open files.
[[nodiscard]] WELD_API sys::Result<void> fill_standard_handles() noexcept;

}  // namespace weld::native
