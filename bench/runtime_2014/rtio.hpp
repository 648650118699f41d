// SPDX-License-Identifier: MIT
//
// rtio: the I/O interface of 2014, every operation virtual and every handle boxed.
//
// What the removed `rtio` module declared: an IoFactory that the current task's runtime hands out, and
// traits for the objects it makes. Here are its file system half and the file stream; sockets, timers,
// processes, terminals and signals join when binary sizes are measured.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime_2014/c_str.hpp"

namespace runtime_2014::rtio {

/// The code of a read that met the end of a file: outside errno's range.
inline constexpr std::size_t end_of_file = 4095;

struct IoError {
    std::size_t code = 0;
    std::size_t extra = 0;
    std::optional<std::string> detail;
};

template <class T>
using IoResult = std::expected<T, IoError>;

/// The record as it crosses the interface: sixteen words, times in milliseconds, kind still a raw mode.
struct FileStat {
    std::uint64_t size, kind, perm, created, modified, accessed;
    std::uint64_t device, inode, rdev, nlink, uid, gid, blksize, blocks, flags, gen;
};

enum class FileMode { Open, Append, Truncate };
enum class FileAccess { Read, Write, ReadWrite };
enum class SeekStyle { Set, End, Cur };
enum class CloseBehavior { DontClose, CloseSynchronously, CloseAsynchronously };

class RtioFileStream {
public:
    virtual ~RtioFileStream() = default;
    virtual IoResult<std::size_t> read(std::span<std::byte> buffer) = 0;
    virtual IoResult<void> write(std::span<const std::byte> bytes) = 0;
    virtual IoResult<std::size_t> pread(std::span<std::byte> buffer, std::uint64_t offset) = 0;
    virtual IoResult<void> pwrite(std::span<const std::byte> bytes, std::uint64_t offset) = 0;
    virtual IoResult<std::uint64_t> seek(std::int64_t position, SeekStyle whence) = 0;
    virtual IoResult<std::uint64_t> tell() const = 0;
    virtual IoResult<void> fsync() = 0;
    virtual IoResult<void> datasync() = 0;
    virtual IoResult<void> truncate(std::int64_t size) = 0;
    virtual IoResult<FileStat> fstat() = 0;
};

class IoFactory {
public:
    virtual ~IoFactory() = default;
    virtual std::unique_ptr<RtioFileStream> fs_from_raw_fd(int fd, CloseBehavior close) = 0;
    virtual IoResult<std::unique_ptr<RtioFileStream>> fs_open(const CString& path, FileMode mode,
                                                              FileAccess access) = 0;
    virtual IoResult<void> fs_unlink(const CString& path) = 0;
    virtual IoResult<FileStat> fs_stat(const CString& path) = 0;
    virtual IoResult<FileStat> fs_lstat(const CString& path) = 0;
    virtual IoResult<void> fs_mkdir(const CString& path, std::size_t mode) = 0;
    virtual IoResult<void> fs_rmdir(const CString& path) = 0;
    virtual IoResult<void> fs_rename(const CString& from, const CString& to) = 0;
    virtual IoResult<std::vector<CString>> fs_readdir(const CString& path) = 0;
};

}  // namespace runtime_2014::rtio
