// SPDX-License-Identifier: MIT
//
// Names in the file system and the metadata of files: openat, fstatat, mkdirat, unlinkat, renameat, linkat, symlinkat,
// readlinkat, fchmodat, fchownat, utimensat, fchmod, fchown, futimens and realpath.
//
// Each call that takes a path takes also the directory that a relative path starts from. `cwd` stands for the current
// directory; an absolute path ignores it. One function, one system call; nothing retries.
#pragma once

#include <weld/sys/arch.hpp>
#include <weld/sys/cstr.hpp>
#include <weld/sys/flags.hpp>
#include <weld/sys/posix/timespec.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// The O_ flags of open(2).
enum class OpenFlags : std::uint32_t {
    ReadOnly = 0,
    WriteOnly = 01,
    ReadWrite = 02,
    Create = 0100,
    Exclusive = 0200,
    NoCtty = 0400,
    Truncate = 01000,
    Append = 02000,
    Nonblock = 04000,
    Direct = arch::o_direct,
    Directory = arch::o_directory,
    NoFollow = arch::o_nofollow,
    CloseOnExec = 02000000,
    Path = 010000000,
    Unnamed = 020000000 | arch::o_directory,  ///< O_TMPFILE
};
template <>
inline constexpr bool is_flags<OpenFlags> = true;

/// The AT_ flags of the calls that take a directory.
enum class AtFlags : std::uint32_t {
    None = 0,
    SymlinkNoFollow = 0x100,
    RemoveDirectory = 0x200,
    SymlinkFollow = 0x400,
    NoAutomount = 0x800,
    EmptyPath = 0x1000,
};
template <>
inline constexpr bool is_flags<AtFlags> = true;

using arch::Stat;

/// openat(2). `mode` holds the permissions of a file made by `OpenFlags::Create`, before the umask is applied.
[[nodiscard]] WELD_API Result<OwnedFd> openat(BorrowedFd at, CStr path, OpenFlags flags, std::uint32_t mode) noexcept;

/// fstatat(2): fills `target`.
[[nodiscard]] WELD_API Result<void> fstatat(BorrowedFd at, CStr path, AtFlags flags, Stat& target) noexcept;

/// mkdirat(2).
[[nodiscard]] WELD_API Result<void> mkdirat(BorrowedFd at, CStr path, std::uint32_t mode) noexcept;

/// unlinkat(2): removes a name that is not a directory, or an empty directory with `RemoveDirectory`.
[[nodiscard]] WELD_API Result<void> unlinkat(BorrowedFd at, CStr path, AtFlags flags) noexcept;

/// renameat(2): replaces `to` atomically if it exists.
[[nodiscard]] WELD_API Result<void> renameat(BorrowedFd from_at, CStr from, BorrowedFd to_at, CStr to) noexcept;

/// linkat(2): makes the hard link `to` to the file `from`. Without `SymlinkFollow` it links a symbolic link itself.
[[nodiscard]] WELD_API Result<void> linkat(BorrowedFd from_at, CStr from, BorrowedFd to_at, CStr to,
                                           AtFlags flags) noexcept;

/// symlinkat(2): makes the symbolic link `path` with the text `target`.
[[nodiscard]] WELD_API Result<void> symlinkat(CStr target, BorrowedFd at, CStr path) noexcept;

/// readlinkat(2): writes the text of the symbolic link `path` to the front of `target`, cut to its size, without a NUL;
/// returns how many bytes.
[[nodiscard]] WELD_API Result<std::size_t> readlinkat(BorrowedFd at, CStr path, std::span<char> target) noexcept;

/// realpath(3): writes the absolute path of `path`, without symbolic links, "." and "..", to the front of `target`,
/// which has PATH_MAX bytes; returns its length without the NUL. The current directory starts a relative path.
[[nodiscard]] WELD_API Result<std::size_t> realpath(CStr path, std::span<char, 4096> target) noexcept;

/// fchmodat(3): sets the permission bits of `mode`. It follows a symbolic link, or fails with `Errno::Opnotsupp` with
/// `SymlinkNoFollow`, for which libc needs fchmodat2(2) or /proc.
[[nodiscard]] WELD_API Result<void> fchmodat(BorrowedFd at, CStr path, std::uint32_t mode, AtFlags flags) noexcept;
[[nodiscard]] WELD_API Result<void> fchmod(BorrowedFd fd, std::uint32_t mode) noexcept;

/// The user or group for which fchown and fchownat change nothing.
inline constexpr std::uint32_t same_id = ~std::uint32_t{0};

/// fchownat(2).
[[nodiscard]] WELD_API Result<void> fchownat(BorrowedFd at, CStr path, std::uint32_t user, std::uint32_t group,
                                             AtFlags flags) noexcept;
[[nodiscard]] WELD_API Result<void> fchown(BorrowedFd fd, std::uint32_t user, std::uint32_t group) noexcept;

/// UTIME_NOW and UTIME_OMIT: instead of a time they stand for the present time, and for no change.
inline constexpr Timespec utime_now{0, (1 << 30) - 1};
inline constexpr Timespec utime_omit{0, (1 << 30) - 2};

/// utimensat(2): sets when the file was last read (`accessed`) and changed (`modified`).
[[nodiscard]] WELD_API Result<void> utimensat(BorrowedFd at, CStr path, Timespec accessed, Timespec modified,
                                              AtFlags flags) noexcept;
[[nodiscard]] WELD_API Result<void> futimens(BorrowedFd fd, Timespec accessed, Timespec modified) noexcept;

}  // namespace weld::sys
