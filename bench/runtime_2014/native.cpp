// SPDX-License-Identifier: MIT
//
// native: the Runtime and IoFactory of a native task, and its file streams.
//
// Every call retries what a signal interrupts; a write goes on until all is written; a read of zero bytes is
// an error, end of file; descriptors 0 to 2 are never closed. All of it as the file module of 2014 did.

#include "runtime_2014/native.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace runtime_2014::native {
namespace {

using namespace rtio;

auto retry(auto&& call) {
    for (;;) {
        const auto result = call();
        if (result != -1 || errno != EINTR) {
            return result;
        }
    }
}

std::unexpected<IoError> last_error() {
    return std::unexpected(IoError{.code = static_cast<std::size_t>(errno), .extra = 0, .detail = std::nullopt});
}

IoResult<void> done(int result) {
    if (result == -1) {
        return last_error();
    }
    return {};
}

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

// The descriptor was counted by reference, so that clones could share it; one more block per open file.
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

class FileDesc final : public RtioFileStream {
public:
    FileDesc(int fd, bool close_on_drop) : inner_(std::make_shared<Inner>(fd, close_on_drop)) {}

    IoResult<std::size_t> read(std::span<std::byte> buffer) override {
        const auto n = retry([&] { return ::read(fd(), buffer.data(), buffer.size()); });
        if (n == 0) {
            return std::unexpected(IoError{.code = end_of_file, .extra = 0, .detail = std::nullopt});
        }
        return n < 0 ? IoResult<std::size_t>(last_error()) : static_cast<std::size_t>(n);
    }

    IoResult<void> write(std::span<const std::byte> bytes) override {
        while (!bytes.empty()) {
            const auto n = retry([&] { return ::write(fd(), bytes.data(), bytes.size()); });
            if (n < 0) {
                return last_error();
            }
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
        return {};
    }

    IoResult<std::size_t> pread(std::span<std::byte> buffer, std::uint64_t offset) override {
        const auto n = retry([&] { return ::pread(fd(), buffer.data(), buffer.size(), static_cast<off_t>(offset)); });
        return n < 0 ? IoResult<std::size_t>(last_error()) : static_cast<std::size_t>(n);
    }

    IoResult<void> pwrite(std::span<const std::byte> bytes, std::uint64_t offset) override {
        const auto n = retry([&] { return ::pwrite(fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
        return n < 0 ? IoResult<void>(last_error()) : IoResult<void>();
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

private:
    static IoResult<std::uint64_t> to_offset(off_t offset) {
        return offset < 0 ? IoResult<std::uint64_t>(last_error()) : static_cast<std::uint64_t>(offset);
    }
    int fd() const { return inner_->fd; }

    std::shared_ptr<Inner> inner_;
};

class NativeIo final : public IoFactory {
public:
    std::unique_ptr<RtioFileStream> fs_from_raw_fd(int fd, CloseBehavior close) override {
        return std::make_unique<FileDesc>(fd, close != CloseBehavior::DontClose);
    }

    IoResult<std::unique_ptr<RtioFileStream>> fs_open(const CString& path, FileMode mode, FileAccess access) override {
        int flags = mode == FileMode::Append ? O_APPEND : mode == FileMode::Truncate ? O_TRUNC : 0;
        flags |= access == FileAccess::Read ? O_RDONLY : O_CREAT;
        flags |= access == FileAccess::Write ? O_WRONLY : access == FileAccess::ReadWrite ? O_RDWR : 0;
        const int fd = retry([&] { return ::open(path.as_ptr(), flags, S_IRUSR | S_IWUSR); });
        if (fd == -1) {
            return last_error();
        }
        return std::make_unique<FileDesc>(fd, true);
    }

    IoResult<FileStat> fs_stat(const CString& path) override {
        struct stat st = {};
        if (retry([&] { return ::stat(path.as_ptr(), &st); }) == -1) {
            return last_error();
        }
        return to_file_stat(st);
    }
    IoResult<FileStat> fs_lstat(const CString& path) override {
        struct stat st = {};
        if (retry([&] { return ::lstat(path.as_ptr(), &st); }) == -1) {
            return last_error();
        }
        return to_file_stat(st);
    }

    IoResult<void> fs_unlink(const CString& path) override {
        return done(retry([&] { return ::unlink(path.as_ptr()); }));
    }
    IoResult<void> fs_mkdir(const CString& path, std::size_t mode) override {
        return done(retry([&] { return ::mkdir(path.as_ptr(), static_cast<mode_t>(mode)); }));
    }
    IoResult<void> fs_rmdir(const CString& path) override {
        return done(retry([&] { return ::rmdir(path.as_ptr()); }));
    }
    IoResult<void> fs_rename(const CString& from, const CString& to) override {
        return done(retry([&] { return ::rename(from.as_ptr(), to.as_ptr()); }));
    }

    // The whole directory at once, each entry joined to `path` and made a C string.
    IoResult<std::vector<CString>> fs_readdir(const CString& path) override {
        DIR* directory = ::opendir(path.as_ptr());
        if (directory == nullptr) {
            return last_error();
        }
        std::vector<CString> entries;
        while (const dirent* entry = ::readdir(directory)) {
            if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
                const auto joined = std::string(path.as_ptr()) + '/' + entry->d_name;
                entries.push_back(Path(joined.c_str()).to_c_str());
            }
        }
        ::closedir(directory);
        return entries;
    }
};

// One block for each task: what its scheduler needs, and the factory inside it.
class Ops final : public Runtime {
public:
    void yield_now(std::unique_ptr<Task> current) override {
        local::put(std::move(current));
        ::sched_yield();
    }
    void maybe_yield(std::unique_ptr<Task> current) override { local::put(std::move(current)); }
    IoFactory* local_io() override { return &io_; }
    std::pair<std::size_t, std::size_t> stack_bounds() const override { return stack_bounds_; }
    bool can_block() const override { return true; }

private:
    NativeIo io_;
    std::pair<std::size_t, std::size_t> stack_bounds_;
};

}  // namespace

std::unique_ptr<Task> new_task() {
    auto task = std::make_unique<Task>();
    task->put_runtime(std::make_unique<Ops>());
    return task;
}

}  // namespace runtime_2014::native
