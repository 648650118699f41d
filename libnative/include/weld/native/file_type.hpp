// SPDX-License-Identifier: MIT
//
// FileType, Timestamp, Follow: the types of metadata that are the same on every platform.
#pragma once

#include <compare>
#include <cstdint>

namespace weld::native {

/// The type of a file. `Unknown` occurs only for a directory entry whose file system does not record the type.
enum class FileType : std::uint8_t {
    Unknown,
    File,
    Directory,
    Symlink,
    BlockDevice,
    CharDevice,
    Fifo,
    Socket,
};

/// Whether a call follows a symbolic link in the last component of a path.
enum class Follow : bool { No, Yes };

/// `seconds` since 1970-01-01 UTC (negative before), plus 0 to 999,999,999 `nanoseconds`.
struct Timestamp {
    std::int64_t seconds;
    std::uint32_t nanoseconds;

    friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) noexcept = default;
};

}  // namespace weld::native
