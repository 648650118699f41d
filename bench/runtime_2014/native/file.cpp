// SPDX-License-Identifier: MIT
//
// file: FileDesc, a descriptor as a file, as a pipe or as a terminal.
//
// Every call retries EINTR; a write loops until all is written; a read of zero bytes is an error, end of file;
// descriptors 0 to 2 are never closed. All of this is as in the file module of 2014.

#include <sys/stat.h>
#include <unistd.h>

#include "runtime_2014/native/calls.hpp"
#include "runtime_2014/native/factory.hpp"

namespace runtime_2014::native {
namespace {

// The descriptor was reference-counted, so that clones could share it: one more block per open file.
struct Inner {
    int fd;
    bool close_on_drop;

    Inner(int descriptor, bool close) : fd(descriptor), close_on_drop(close) {}
    Inner(const Inner&) = delete;
    Inner& operator=(const Inner&) = delete;
    ~Inner() {
        if (close_on_drop && fd > STDERR_FILENO) {
            ::close(fd);
        }
    }
};

class FileDesc final : public RtioFileStream, public RtioPipe, public RtioTTY {
public:
    explicit FileDesc(std::shared_ptr<Inner> inner) : inner_(std::move(inner)) {}

    IoResult<std::size_t> read(std::span<std::byte> buffer) override {
        const auto count = retry([&] { return ::read(fd(), buffer.data(), buffer.size()); });
        if (count == 0) {
            return std::unexpected(IoError{.code = end_of_file, .extra = 0, .detail = std::nullopt});
        }
        return counted(count);
    }

    IoResult<void> write(std::span<const std::byte> bytes) override {
        while (!bytes.empty()) {
            const auto count = retry([&] { return ::write(fd(), bytes.data(), bytes.size()); });
            if (count < 0) {
                return last_error();
            }
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
        return {};
    }

    IoResult<std::size_t> pread(std::span<std::byte> buffer, std::uint64_t offset) override {
        return counted(retry([&] { return ::pread(fd(), buffer.data(), buffer.size(), static_cast<off_t>(offset)); }));
    }
    IoResult<void> pwrite(std::span<const std::byte> bytes, std::uint64_t offset) override {
        const auto count =
            retry([&] { return ::pwrite(fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
        return count < 0 ? IoResult<void>(last_error()) : IoResult<void>();
    }

    IoResult<std::uint64_t> seek(std::int64_t position, SeekStyle whence) override {
        const int from = whence == SeekStyle::Set ? SEEK_SET : whence == SeekStyle::End ? SEEK_END : SEEK_CUR;
        return to_offset(::lseek(fd(), position, from));
    }
    IoResult<std::uint64_t> tell() const override { return to_offset(::lseek(fd(), 0, SEEK_CUR)); }

    IoResult<void> fsync() override {
        return done(retry([&] { return ::fsync(fd()); }));
    }
    IoResult<void> datasync() override {
        return done(retry([&] { return ::fdatasync(fd()); }));
    }
    IoResult<void> truncate(std::int64_t size) override {
        return done(retry([&] { return ::ftruncate(fd(), size); }));
    }
    IoResult<FileStat> fstat() override {
        struct stat st;
        if (retry([&] { return ::fstat(fd(), &st); }) == -1) {
            return last_error();
        }
        return to_file_stat(st);
    }

    std::unique_ptr<RtioPipe> clone() override { return std::make_unique<FileDesc>(inner_); }

    // Only sockets have half-close and timeouts.
    IoResult<void> close_write() override { return error_of(EINVAL); }
    IoResult<void> close_read() override { return error_of(EINVAL); }
    void set_timeout(Deadline) override {}
    void set_read_timeout(Deadline) override {}
    void set_write_timeout(Deadline) override {}

    // Only the green runtime supported this for terminals.
    IoResult<void> set_raw(bool) override { return unimplemented(); }
    IoResult<std::pair<int, int>> get_winsize() override { return unimplemented(); }
    bool isatty() const override { return ::isatty(fd()) == 1; }

private:
    static IoResult<std::uint64_t> to_offset(off_t offset) {
        return offset < 0 ? IoResult<std::uint64_t>(last_error()) : static_cast<std::uint64_t>(offset);
    }
    int fd() const { return inner_->fd; }

    std::shared_ptr<Inner> inner_;
};

std::unique_ptr<FileDesc> file_desc(int fd, bool close_on_drop) {
    return std::make_unique<FileDesc>(std::make_shared<Inner>(fd, close_on_drop));
}

}  // namespace

FileStat to_file_stat(const struct stat& st) {
    const auto milliseconds = [](const timespec& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * 1000 + static_cast<std::uint64_t>(time.tv_nsec) / 1000000;
    };
    return FileStat{
        .size = static_cast<std::uint64_t>(st.st_size),
        .kind = st.st_mode,
        .perm = st.st_mode,
        .created = milliseconds(st.st_ctim),
        .modified = milliseconds(st.st_mtim),
        .accessed = milliseconds(st.st_atim),
        .device = st.st_dev,
        .inode = st.st_ino,
        .rdev = st.st_rdev,
        .nlink = st.st_nlink,
        .uid = st.st_uid,
        .gid = st.st_gid,
        .blksize = static_cast<std::uint64_t>(st.st_blksize),
        .blocks = static_cast<std::uint64_t>(st.st_blocks),
        .flags = 0,
        .gen = 0,
    };
}

std::unique_ptr<RtioFileStream> file_from_fd(int fd, bool close_on_drop) { return file_desc(fd, close_on_drop); }

std::unique_ptr<RtioPipe> pipe_from_fd(int fd) { return file_desc(fd, true); }

IoResult<std::unique_ptr<RtioTTY>> terminal_from_fd(int fd) {
    if (::isatty(fd) == 0) {
        return error_of(ENOTTY);
    }
    return file_desc(fd, true);
}

}  // namespace runtime_2014::native
