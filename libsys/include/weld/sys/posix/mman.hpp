// SPDX-License-Identifier: MIT
//
// Memory mappings: mmap, munmap, mprotect, madvise, mincore.
//
// Lengths are in bytes; addresses are multiples of the page size. Nothing here owns a mapping: the
// caller of mmap has to call munmap.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

enum class Protection : std::int32_t { None = 0, Read = 1, Write = 2, Execute = 4 };
template <>
inline constexpr bool is_flags<Protection> = true;

enum class MapFlags : std::int32_t {
    Shared = 0x01,
    Private = 0x02,
    Fixed = 0x10,
    Anonymous = 0x20,
    NoReserve = 0x4000,
    Populate = 0x8000,
    Stack = 0x20000,
    FixedNoReplace = 0x100000,
};
template <>
inline constexpr bool is_flags<MapFlags> = true;

/// The advice values of madvise(2) that weld uses.
enum class Advice : std::int32_t {
    WillNeed = 3,
    DontNeed = 4,
    Free = 8,
    HugePage = 14,
    NoHugePage = 15,
    PopulateRead = 22,
    PopulateWrite = 23,
    GuardInstall = 102,
    GuardRemove = 103,
};

/// mmap(2): maps `length` bytes of `fd` from `offset`. With `MapFlags::Anonymous` `fd` is `no_fd`.
/// `hint` is the wanted address, or null for any.
[[nodiscard]] WELD_API Result<void*> mmap(void* hint, std::size_t length, Protection protection, MapFlags flags,
                                          BorrowedFd fd, std::uint64_t offset) noexcept;

/// munmap(2).
[[nodiscard]] WELD_API Result<void> munmap(void* address, std::size_t length) noexcept;

/// mprotect(2).
[[nodiscard]] WELD_API Result<void> mprotect(void* address, std::size_t length, Protection protection) noexcept;

/// madvise(2).
[[nodiscard]] WELD_API Result<void> madvise(void* address, std::size_t length, Advice advice) noexcept;

/// mincore(2): sets the lowest bit of each byte of `resident` to whether that page of the range is in memory.
/// `resident` has one byte for each page.
[[nodiscard]] WELD_API Result<void> mincore(const void* address, std::size_t length,
                                            std::span<unsigned char> resident) noexcept;

/// The argument `fd` of a mapping without a file.
inline constexpr BorrowedFd no_fd{-1};

/// sysconf(_SC_PAGESIZE): bytes in a page.
[[nodiscard]] WELD_API std::size_t page_size() noexcept;

}  // namespace weld::sys
