// SPDX-License-Identifier: MIT
//
// The standard handles: standard input, output and error. They belong to the process; nobody owns them.
#pragma once

#include <weld/native/file.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::native {

enum class StandardHandle : std::uint8_t { Input = 0, Output = 1, Error = 2 };

/// The handle. It may be closed, and may then belong to another file.
[[nodiscard]] WELD_API sys::BorrowedHandle standard_handle(StandardHandle which) noexcept;

/// Reads from standard input into the front of `target`.
[[nodiscard]] WELD_API sys::Result<std::size_t> read_standard_input(std::span<std::byte> target) noexcept;

/// Writes to standard output from the front of `source`. When there is no reader it is the error Pipe and no SIGPIPE.
/// Waits for space, also where another process made the handle non-blocking.
[[nodiscard]] WELD_API sys::Result<std::size_t> write_standard_output(std::span<const std::byte> source) noexcept;

/// Returns whether `handle` is non-blocking; if so, waits first until it has space for a write.
[[nodiscard]] WELD_API bool wait_if_nonblocking(sys::BorrowedHandle handle) noexcept;

/// Opens the null device for reading and writing: reads return end of file, writes are discarded.
[[nodiscard]] WELD_API sys::Result<File> open_null() noexcept;

/// isatty(3).
[[nodiscard]] WELD_API bool is_terminal(sys::BorrowedHandle handle) noexcept;

/// Opens the null device for each standard handle that is closed, so that no file opened later is taken for one. To be
/// called before other threads open files.
[[nodiscard]] WELD_API sys::Result<void> fill_standard_handles() noexcept;

}  // namespace weld::native
