// SPDX-License-Identifier: MIT
//
// Names in the file system: openat, fstatat, mkdirat, unlinkat, renameat.
//
// Each takes the directory that a relative path starts from; `cwd` stands for the current one, and
// an absolute path ignores it. One function, one system call; nothing retries.
#pragma once

#include <weld/sys/arch.hpp>
#include <weld/sys/cstr.hpp>
#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>

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
};
template <>
inline constexpr bool is_flags<OpenFlags> = true;

/// The AT_ flags of the calls that take a directory.
enum class AtFlags : std::uint32_t {
    None = 0,
    SymlinkNoFollow = 0x100,
    RemoveDirectory = 0x200,
    NoAutomount = 0x800,
    EmptyPath = 0x1000,
};
template <>
inline constexpr bool is_flags<AtFlags> = true;

using arch::Stat;

/// openat(2). `mode` is what a file made by `OpenFlags::Create` may be used for, less the umask.
[[nodiscard]] WELD_API Result<OwnedFd> openat(BorrowedFd at, CStr path, OpenFlags flags, std::uint32_t mode) noexcept;

/// fstatat(2): fills `target`.
[[nodiscard]] WELD_API Result<void> fstatat(BorrowedFd at, CStr path, AtFlags flags, Stat& target) noexcept;

/// mkdirat(2).
[[nodiscard]] WELD_API Result<void> mkdirat(BorrowedFd at, CStr path, std::uint32_t mode) noexcept;

/// unlinkat(2): removes a name that is no directory, or an empty directory with `RemoveDirectory`.
[[nodiscard]] WELD_API Result<void> unlinkat(BorrowedFd at, CStr path, AtFlags flags) noexcept;

/// renameat(2): replaces `to` at once if it exists.
[[nodiscard]] WELD_API Result<void> renameat(BorrowedFd from_at, CStr from, BorrowedFd to_at, CStr to) noexcept;

}  // namespace weld::sys
