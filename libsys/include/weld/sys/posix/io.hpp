// SPDX-License-Identifier: MIT
//
// Descriptor I/O: read, pread, write, pwrite, lseek, fsync, fdatasync, ftruncate, isatty.
//
// One function, one system call. Nothing here retries, loops or allocates: an interrupted call returns `Errno::Intr`,
// a short count is returned as it is, and the layer above decides what either means. Any thread may call; the kernel
// alone orders the calls.
//
// The four calls that hot loops make are inline, over our own declarations of the C library's functions: after a
// system call the CPU mispredicts each return, so each frame less around it saves 10 ns.
#pragma once

#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

namespace libc {

// As <unistd.h> declares them where off_t has 64 bits. If the system's <unistd.h> declares them in another way, the
// sources of libsys do not compile.
extern "C" {
// NOLINTBEGIN(readability-redundant-declaration)
std::ptrdiff_t read(int, void*, std::size_t);
std::ptrdiff_t write(int, const void*, std::size_t);
std::ptrdiff_t pread(int, void*, std::size_t, std::int64_t);
std::ptrdiff_t pwrite(int, const void*, std::size_t, std::int64_t);
// NOLINTEND(readability-redundant-declaration)
}

/// The error of the call that just failed.
[[nodiscard, gnu::cold]] WELD_API Errno last_error() noexcept;

/// Converts the return value of a call: a count, or a negative number with errno set.
[[nodiscard]] inline Result<std::size_t> count(std::ptrdiff_t returned) noexcept {
    if (returned < 0) [[unlikely]] {
        return std::unexpected(last_error());
    }
    return static_cast<std::size_t>(returned);
}

}  // namespace libc

/// The position that lseek counts from.
enum class Whence : std::int32_t { Set = 0, Current = 1, End = 2, Data = 3, Hole = 4 };

/// read(2): moves bytes from `fd` to the front of `target` and returns how many.
/// Zero means end of file, unless `target` is empty.
[[nodiscard]] inline Result<std::size_t> read(BorrowedFd fd, std::span<std::byte> target) noexcept {
    return libc::count(libc::read(fd.raw(), target.data(), target.size()));
}

/// pread(2): as `read`, from `offset`; the position of the descriptor does not move. An `offset` above
/// INT64_MAX becomes negative and gives `Errno::Inval`.
[[nodiscard]] inline Result<std::size_t> pread(BorrowedFd fd, std::span<std::byte> target,
                                               std::uint64_t offset) noexcept {
    return libc::count(libc::pread(fd.raw(), target.data(), target.size(), static_cast<std::int64_t>(offset)));
}

/// write(2): moves bytes from the front of `source` to `fd` and returns how many.
[[nodiscard]] inline Result<std::size_t> write(BorrowedFd fd, std::span<const std::byte> source) noexcept {
    return libc::count(libc::write(fd.raw(), source.data(), source.size()));
}

/// pwrite(2): as `write`, to `offset`; the position of the descriptor does not move. On a descriptor
/// opened with `OpenFlags::Append` Linux ignores `offset` and appends.
[[nodiscard]] inline Result<std::size_t> pwrite(BorrowedFd fd, std::span<const std::byte> source,
                                                std::uint64_t offset) noexcept {
    return libc::count(libc::pwrite(fd.raw(), source.data(), source.size(), static_cast<std::int64_t>(offset)));
}

/// lseek(2): moves the position by `offset` from `whence` and returns it, counted from the start.
[[nodiscard]] WELD_API Result<std::uint64_t> lseek(BorrowedFd fd, std::int64_t offset, Whence whence) noexcept;

/// fsync(2): returns when data and metadata are on the device.
[[nodiscard]] WELD_API Result<void> fsync(BorrowedFd fd) noexcept;

/// fdatasync(2): as `fsync`, but leaves out metadata that is not needed to read the data back.
[[nodiscard]] WELD_API Result<void> fdatasync(BorrowedFd fd) noexcept;

/// ftruncate(2): cuts or grows the file to `length` bytes; the new bytes read as zero.
[[nodiscard]] WELD_API Result<void> ftruncate(BorrowedFd fd, std::uint64_t length) noexcept;

/// isatty(3): an error when `fd` is not a terminal.
[[nodiscard]] WELD_API Result<void> isatty(BorrowedFd fd) noexcept;

}  // namespace weld::sys
