// SPDX-License-Identifier: MIT
//
// getdents64(2): reads directory entries into the caller's buffer; a function that decodes them one by one.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace weld::sys {

/// DT_: the type of an entry; `Unknown` where the file system does not record it in the directory.
enum class DirentType : std::uint8_t {
    Unknown = 0,
    Fifo = 1,
    CharDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    Regular = 8,
    Symlink = 10,
    Socket = 12,
};

/// One record of struct linux_dirent64. `name` points into the buffer. An lseek to `offset` continues after this
/// record.
struct Dirent64 {
    std::uint64_t ino;
    std::int64_t offset;
    std::size_t record_size;
    DirentType type;
    CStr name;
};

/// getdents64(2): fills the front of `target` with whole records and returns the bytes written; zero at
/// the end of the directory. `Errno::Inval` when `target` cannot hold the next record.
[[nodiscard]] WELD_API Result<std::size_t> getdents64(BorrowedFd directory, std::span<std::byte> target) noexcept;

/// Decodes the record at the front of `records`, which `getdents64` wrote and which must not be empty.
[[nodiscard]] inline Dirent64 first_dirent(std::span<const std::byte> records) noexcept {
    std::uint64_t ino;
    std::int64_t offset;
    std::uint16_t record_size;
    std::memcpy(&ino, records.data(), sizeof ino);
    std::memcpy(&offset, records.data() + 8, sizeof offset);
    std::memcpy(&record_size, records.data() + 16, sizeof record_size);
    return {
        .ino = ino,
        .offset = offset,
        .record_size = record_size,
        .type = static_cast<DirentType>(records[18]),
        .name = CStr(reinterpret_cast<const char*>(records.data() + 19)),
    };
}

}  // namespace weld::sys
