// SPDX-License-Identifier: MIT
//
// fs: the public interface of 2014 over the virtual one.
//
// Any thread with a task in its slot may call.

#include "runtime_2014/fs.hpp"

#include <sys/stat.h>
#include <utility>

#include "runtime_2014/task.hpp"

namespace runtime_2014::fs {
namespace {

FileType to_file_type(std::uint64_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG: return FileType::File;
        case S_IFDIR: return FileType::Directory;
        case S_IFIFO: return FileType::NamedPipe;
        case S_IFBLK: return FileType::BlockSpecial;
        case S_IFLNK: return FileType::Symlink;
        default: return FileType::Unknown;
    }
}

FileStat from_rtio(const rtio::FileStat& s) {
    return FileStat{
        .size = s.size,
        .kind = to_file_type(s.kind),
        .perm = static_cast<std::uint32_t>(s.perm & 0777),
        .created = s.created,
        .modified = s.modified,
        .accessed = s.accessed,
        .unstable = {s.device, s.inode, s.rdev, s.nlink, s.uid, s.gid, s.blksize, s.blocks, s.flags, s.gen},
    };
}

IoResult<FileStat> finish(rtio::IoResult<rtio::FileStat> result, const char* desc, const Path& path) {
    if (!result) {
        return std::unexpected(update_err(std::move(result).error(), desc, path));
    }
    return from_rtio(*result);
}

template <class T>
IoResult<void> finish_void(rtio::IoResult<T> result, const char* desc, const Path& path) {
    if (!result) {
        return std::unexpected(update_err(std::move(result).error(), desc, path));
    }
    return {};
}

}  // namespace

IoResult<FileStat> stat(const Path& path) {
    return finish(rtio::maybe_raise([&](rtio::IoFactory& io) { return io.fs_stat(path.to_c_str()); }),
                  "couldn't stat path", path);
}

IoResult<FileStat> lstat(const Path& path) {
    return finish(rtio::maybe_raise([&](rtio::IoFactory& io) { return io.fs_lstat(path.to_c_str()); }),
                  "couldn't lstat path", path);
}

IoResult<void> unlink(const Path& path) {
    return finish_void(rtio::maybe_raise([&](rtio::IoFactory& io) { return io.fs_unlink(path.to_c_str()); }),
                       "couldn't unlink path", path);
}

IoResult<File> File::open(const Path& path) { return open_mode(path, rtio::FileMode::Open, rtio::FileAccess::Read); }

IoResult<File> File::create(const Path& path) {
    return open_mode(path, rtio::FileMode::Truncate, rtio::FileAccess::Write);
}

IoResult<File> File::open_mode(const Path& path, rtio::FileMode mode, rtio::FileAccess access) {
    auto fd = rtio::maybe_raise([&](rtio::IoFactory& io) { return io.fs_open(path.to_c_str(), mode, access); });
    if (!fd) {
        return std::unexpected(update_err(std::move(fd).error(), "couldn't open file", path));
    }
    return File(std::move(*fd), path);
}

IoResult<std::size_t> File::read(std::span<std::byte> buffer) {
    auto n = fd_->read(buffer);
    if (!n) {
        if (n.error().code == rtio::end_of_file) {
            return std::unexpected(from_rtio_error(std::move(n).error()));
        }
        return std::unexpected(update_err(std::move(n).error(), "couldn't read file", path_));
    }
    last_nread_ = static_cast<std::ptrdiff_t>(*n);
    return *n;
}

IoResult<void> File::write(std::span<const std::byte> bytes) {
    return finish_void(fd_->write(bytes), "couldn't write to file", path_);
}

IoResult<void> File::seek(std::int64_t position, rtio::SeekStyle whence) {
    last_nread_ = -1;
    return finish_void(fd_->seek(position, whence), "couldn't seek in file", path_);
}

IoResult<FileStat> File::stat() { return finish(fd_->fstat(), "couldn't fstat file", path_); }

}  // namespace runtime_2014::fs
