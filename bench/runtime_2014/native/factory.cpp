// SPDX-License-Identifier: MIT
//
// factory: NativeIo. File system calls are here, all others in the source of their kind.

#include "runtime_2014/native/factory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <climits>
#include <string>

#include "runtime_2014/native/calls.hpp"

namespace runtime_2014::native {

IoResult<std::unique_ptr<RtioTcpStream>> NativeIo::tcp_connect(SocketAddr address, Deadline timeout) {
    return native::tcp_connect(address, timeout);
}
IoResult<std::unique_ptr<RtioTcpListener>> NativeIo::tcp_bind(SocketAddr address) { return native::tcp_bind(address); }
IoResult<std::unique_ptr<RtioUdpSocket>> NativeIo::udp_bind(SocketAddr address) { return native::udp_bind(address); }
IoResult<std::unique_ptr<RtioUnixListener>> NativeIo::unix_bind(const CString& path) { return native::unix_bind(path); }
IoResult<std::unique_ptr<RtioPipe>> NativeIo::unix_connect(const CString& path, Deadline timeout) {
    return native::unix_connect(path, timeout);
}
IoResult<std::vector<AddrinfoInfo>> NativeIo::get_host_addresses(const CString* host, const CString* service,
                                                                 std::optional<AddrinfoHint> hint) {
    return host_addresses(host, service, hint);
}

std::unique_ptr<RtioFileStream> NativeIo::fs_from_raw_fd(int fd, CloseBehavior close) {
    return file_from_fd(fd, close != CloseBehavior::DontClose);
}

IoResult<std::unique_ptr<RtioFileStream>> NativeIo::fs_open(const CString& path, FileMode mode, FileAccess access) {
    int flags = mode == FileMode::Append ? O_APPEND : mode == FileMode::Truncate ? O_TRUNC : 0;
    flags |= access == FileAccess::Read ? O_RDONLY : O_CREAT;
    flags |= access == FileAccess::Write ? O_WRONLY : access == FileAccess::ReadWrite ? O_RDWR : 0;
    const int fd = retry([&] { return ::open(path.as_ptr(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR); });
    if (fd == -1) {
        return last_error();
    }
    return file_from_fd(fd, true);
}

IoResult<void> NativeIo::fs_unlink(const CString& path) {
    return done(retry([&] { return ::unlink(path.as_ptr()); }));
}

IoResult<FileStat> NativeIo::fs_stat(const CString& path) {
    struct stat st = {};
    if (retry([&] { return ::stat(path.as_ptr(), &st); }) == -1) {
        return last_error();
    }
    return to_file_stat(st);
}

IoResult<FileStat> NativeIo::fs_lstat(const CString& path) {
    struct stat st = {};
    if (retry([&] { return ::lstat(path.as_ptr(), &st); }) == -1) {
        return last_error();
    }
    return to_file_stat(st);
}

IoResult<void> NativeIo::fs_mkdir(const CString& path, std::size_t mode) {
    return done(retry([&] { return ::mkdir(path.as_ptr(), static_cast<mode_t>(mode)); }));
}
IoResult<void> NativeIo::fs_chmod(const CString& path, std::size_t mode) {
    return done(retry([&] { return ::chmod(path.as_ptr(), static_cast<mode_t>(mode)); }));
}
IoResult<void> NativeIo::fs_rmdir(const CString& path) {
    return done(retry([&] { return ::rmdir(path.as_ptr()); }));
}
IoResult<void> NativeIo::fs_rename(const CString& from, const CString& to) {
    return done(retry([&] { return ::rename(from.as_ptr(), to.as_ptr()); }));
}

// The whole directory at once, each entry joined to `path` and made a C string.
IoResult<std::vector<CString>> NativeIo::fs_readdir(const CString& path) {
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

IoResult<void> NativeIo::fs_chown(const CString& path, int uid, int gid) {
    return done(retry([&] { return ::chown(path.as_ptr(), static_cast<uid_t>(uid), static_cast<gid_t>(gid)); }));
}

IoResult<CString> NativeIo::fs_readlink(const CString& path) {
    std::string target(PATH_MAX, '\0');
    const auto size = counted(retry([&] { return ::readlink(path.as_ptr(), target.data(), target.size()); }));
    if (!size) {
        return std::unexpected(size.error());
    }
    target.resize(*size);
    return Path(target.c_str()).to_c_str();
}

IoResult<void> NativeIo::fs_symlink(const CString& target, const CString& path) {
    return done(retry([&] { return ::symlink(target.as_ptr(), path.as_ptr()); }));
}
IoResult<void> NativeIo::fs_link(const CString& existing, const CString& path) {
    return done(retry([&] { return ::link(existing.as_ptr(), path.as_ptr()); }));
}

IoResult<void> NativeIo::fs_utime(const CString& path, std::uint64_t accessed, std::uint64_t modified) {
    const auto to_time = [](std::uint64_t milliseconds) {
        return timespec{.tv_sec = static_cast<time_t>(milliseconds / 1000),
                        .tv_nsec = static_cast<long>(milliseconds % 1000) * 1000000};
    };
    const timespec times[] = {to_time(accessed), to_time(modified)};
    return done(retry([&] { return ::utimensat(AT_FDCWD, path.as_ptr(), times, 0); }));
}

IoResult<std::unique_ptr<RtioTimer>> NativeIo::timer_init() { return timer(); }
IoResult<IoFactory::Spawned> NativeIo::spawn(const ProcessConfig& config) { return spawn_process(config); }
IoResult<void> NativeIo::kill(int pid, int signal) { return kill_process(pid, signal); }
IoResult<std::unique_ptr<RtioPipe>> NativeIo::pipe_open(int fd) { return pipe_from_fd(fd); }
IoResult<std::unique_ptr<RtioTTY>> NativeIo::tty_open(int fd, bool) { return terminal_from_fd(fd); }

// The green runtime had signals, through its event loop. The native one never had them.
IoResult<std::unique_ptr<RtioSignal>> NativeIo::signal(int, std::unique_ptr<Callback>) { return unimplemented(); }

}  // namespace runtime_2014::native
