// SPDX-License-Identifier: MIT
//
// Descriptor I/O: read, pread, write, pwrite, lseek, fsync, fdatasync, ftruncate, isatty.
//
// One function, one system call. Nothing here retries, loops or allocates: an interrupted
// call comes back as `Errno::Intr`, a short count as a short count, and the layer above
// decides what either means. Any thread may call; the kernel alone orders the calls.
#pragma once

#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// Where an lseek counts from.
enum class Whence : std::int32_t { Set = 0, Current = 1, End = 2, Data = 3, Hole = 4 };

/// read(2): moves bytes from `fd` to the front of `target` and returns how many.
/// Zero means end of file, unless `target` is empty.
[[nodiscard]] WELD_API Result<std::size_t> read(BorrowedFd fd, std::span<std::byte> target) noexcept;

/// pread(2): as `read`, from `offset`; the descriptor's own position stays. An `offset` above
/// INT64_MAX is `Errno::Inval`.
[[nodiscard]] WELD_API Result<std::size_t> pread(BorrowedFd fd, std::span<std::byte> target,
                                                 std::uint64_t offset) noexcept;

/// write(2): moves bytes from the front of `source` to `fd` and returns how many.
[[nodiscard]] WELD_API Result<std::size_t> write(BorrowedFd fd, std::span<const std::byte> source) noexcept;

/// pwrite(2): as `write`, to `offset`; the descriptor's own position stays. On a descriptor opened
/// with `OpenFlags::Append` Linux appends all the same.
[[nodiscard]] WELD_API Result<std::size_t> pwrite(BorrowedFd fd, std::span<const std::byte> source,
                                                  std::uint64_t offset) noexcept;

/// lseek(2): moves the position by `offset` from `whence` and returns it, counted from the start.
[[nodiscard]] WELD_API Result<std::uint64_t> lseek(BorrowedFd fd, std::int64_t offset, Whence whence) noexcept;

/// fsync(2): returns when data and metadata are on the device.
[[nodiscard]] WELD_API Result<void> fsync(BorrowedFd fd) noexcept;

/// fdatasync(2): as `fsync`, without the metadata that reading the data back does not need.
[[nodiscard]] WELD_API Result<void> fdatasync(BorrowedFd fd) noexcept;

/// ftruncate(2): cuts or grows the file to `length` bytes; what it grows by reads as zero.
[[nodiscard]] WELD_API Result<void> ftruncate(BorrowedFd fd, std::uint64_t length) noexcept;

/// isatty(3): an error when `fd` is no terminal.
[[nodiscard]] WELD_API Result<void> isatty(BorrowedFd fd) noexcept;

}  // namespace weld::sys
