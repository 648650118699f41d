// SPDX-License-Identifier: MIT
//
// statx(2): metadata with a birth time and a mask of the fields that the file system provided.
#pragma once

#include <weld/sys/posix/fs.hpp>

#include <cstdint>

namespace weld::sys {

/// struct statx_timestamp.
struct StatxTimestamp {
    std::int64_t seconds;
    std::uint32_t nanoseconds;
    std::int32_t reserved;
};

/// STATX_: the fields to ask for, and in `Statx::mask` the fields that were filled.
enum class StatxMask : std::uint32_t {
    Type = 0x0001,
    Mode = 0x0002,
    BasicStats = 0x07ff,
    BirthTime = 0x0800,
};
template <>
inline constexpr bool is_flags<StatxMask> = true;

/// struct statx. A field whose bit is not in `mask` is zero or a made-up value.
struct Statx {
    StatxMask mask;
    std::uint32_t blksize;
    std::uint64_t attributes;
    std::uint32_t nlink;
    std::uint32_t uid;
    std::uint32_t gid;
    std::uint16_t mode;
    std::uint16_t reserved_0;
    std::uint64_t ino;
    std::uint64_t size;
    std::uint64_t blocks;
    std::uint64_t attributes_mask;
    StatxTimestamp atime;
    StatxTimestamp btime;
    StatxTimestamp ctime;
    StatxTimestamp mtime;
    std::uint32_t rdev_major;
    std::uint32_t rdev_minor;
    std::uint32_t dev_major;
    std::uint32_t dev_minor;
    std::uint64_t mount_id;
    std::uint32_t dio_mem_align;
    std::uint32_t dio_offset_align;
    std::uint64_t reserved_1[12];
};

/// statx(2): fills `target`. With `AtFlags::EmptyPath` and an empty `path` it describes `at` itself.
[[nodiscard]] WELD_API Result<void> statx(BorrowedFd at, CStr path, AtFlags flags, StatxMask wanted,
                                          Statx& target) noexcept;

}  // namespace weld::sys
