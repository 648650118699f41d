// SPDX-License-Identifier: MIT
//
// getdents64(2): directory entries into the caller's buffer, and a cursor over what it wrote.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace weld::sys {

/// DT_: what the directory says of an entry; `Unknown` where its file system does not say.
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

/// One record of struct linux_dirent64. `name` points into the buffer; an lseek to `offset` goes on behind the
/// record.
struct Dirent64 {
    std::uint64_t ino;
    std::int64_t offset;
    std::size_t record_size;
    DirentType type;
    CStr name;
};

/// getdents64(2): fills the front of `target` with whole records and returns the bytes written; zero at
/// the end. `Errno::Inval` when `target` cannot hold the next record.
[[nodiscard]] WELD_API Result<std::size_t> getdents64(BorrowedFd directory, std::span<std::byte> target) noexcept;

/// Reads the record at the front of `records`, which `getdents64` wrote and which is not empty.
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
