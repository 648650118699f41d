// SPDX-License-Identifier: MIT
//
// fs: the public interface of 2014: File, stat and lstat over the runtime of the current task.
//
// Each function finds the current task's IoFactory, converts the path, calls through the interface, turns
// the returned record into the public one, and describes a failure in an allocated string.

#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "runtime_2014/io_error.hpp"
#include "runtime_2014/rtio.hpp"

namespace runtime_2014::fs {

enum class FileType { File, Directory, NamedPipe, BlockSpecial, Symlink, Unknown };

struct UnstableFileStat {
    std::uint64_t device, inode, rdev, nlink, uid, gid, blksize, blocks, flags, gen;
};

struct FileStat {
    std::uint64_t size;
    FileType kind;
    std::uint32_t perm;
    std::uint64_t created, modified, accessed;
    UnstableFileStat unstable;
};

IoResult<FileStat> stat(const Path& path);
IoResult<FileStat> lstat(const Path& path);
IoResult<void> unlink(const Path& path);

/// An open file: a boxed stream, the path it was opened by, and the count of the last read.
class File {
public:
    static IoResult<File> open(const Path& path);
    static IoResult<File> create(const Path& path);
    static IoResult<File> open_mode(const Path& path, rtio::FileMode mode, rtio::FileAccess access);

    /// The end of the file is an error, EndOfFile.
    IoResult<std::size_t> read(std::span<std::byte> buffer);
    IoResult<void> write(std::span<const std::byte> bytes);
    IoResult<void> seek(std::int64_t position, rtio::SeekStyle whence);
    IoResult<FileStat> stat();

private:
    File(std::unique_ptr<rtio::RtioFileStream> fd, const Path& path) : fd_(std::move(fd)), path_(path) {}

    std::unique_ptr<rtio::RtioFileStream> fd_;
    Path path_;
    std::ptrdiff_t last_nread_ = -1;
};

}  // namespace runtime_2014::fs
