// SPDX-License-Identifier: MIT
//
// FileType, Timestamp, Follow: the words of metadata on every platform.
#pragma once

#include <compare>
#include <cstdint>

namespace weld::native {

/// What a name stands for. `Unknown` comes only from a directory whose file system does not say.
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

/// Whether the last component of a path, when it is a symbolic link, is followed.
enum class Follow : bool { No, Yes };

/// `seconds` since 1970-01-01 UTC, negative before, and 0 to 999,999,999 `nanoseconds` after them.
struct Timestamp {
    std::int64_t seconds;
    std::uint32_t nanoseconds;

    friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) noexcept = default;
};

}  // namespace weld::native
