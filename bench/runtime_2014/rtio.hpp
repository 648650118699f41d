// SPDX-License-Identifier: MIT
//
// rtio: the I/O interface of 2014, every operation virtual and every handle boxed.
//
// The declarations of the removed `rtio` module: an IoFactory that the current task's runtime provides, and traits of
// the objects that it makes. Files are here; rtio_net.hpp and rtio_process.hpp have the others. Code that reaches the
// factory reaches all of it: a linker cannot see that a virtual function is never called.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime_2014/c_str.hpp"
#include "runtime_2014/rtio_error.hpp"
#include "runtime_2014/rtio_net.hpp"
#include "runtime_2014/rtio_process.hpp"

namespace runtime_2014::rtio {

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
    using Spawned = std::pair<std::unique_ptr<RtioProcess>, std::vector<std::unique_ptr<RtioPipe>>>;

    virtual ~IoFactory() = default;

    virtual IoResult<std::unique_ptr<RtioTcpStream>> tcp_connect(SocketAddr address, Deadline timeout) = 0;
    virtual IoResult<std::unique_ptr<RtioTcpListener>> tcp_bind(SocketAddr address) = 0;
    virtual IoResult<std::unique_ptr<RtioUdpSocket>> udp_bind(SocketAddr address) = 0;
    virtual IoResult<std::unique_ptr<RtioUnixListener>> unix_bind(const CString& path) = 0;
    virtual IoResult<std::unique_ptr<RtioPipe>> unix_connect(const CString& path, Deadline timeout) = 0;
    virtual IoResult<std::vector<AddrinfoInfo>> get_host_addresses(const CString* host, const CString* service,
                                                                   std::optional<AddrinfoHint> hint) = 0;

    virtual std::unique_ptr<RtioFileStream> fs_from_raw_fd(int fd, CloseBehavior close) = 0;
    virtual IoResult<std::unique_ptr<RtioFileStream>> fs_open(const CString& path, FileMode mode,
                                                              FileAccess access) = 0;
    virtual IoResult<void> fs_unlink(const CString& path) = 0;
    virtual IoResult<FileStat> fs_stat(const CString& path) = 0;
    virtual IoResult<FileStat> fs_lstat(const CString& path) = 0;
    virtual IoResult<void> fs_mkdir(const CString& path, std::size_t mode) = 0;
    virtual IoResult<void> fs_chmod(const CString& path, std::size_t mode) = 0;
    virtual IoResult<void> fs_rmdir(const CString& path) = 0;
    virtual IoResult<void> fs_rename(const CString& from, const CString& to) = 0;
    virtual IoResult<std::vector<CString>> fs_readdir(const CString& path) = 0;
    virtual IoResult<void> fs_chown(const CString& path, int uid, int gid) = 0;
    virtual IoResult<CString> fs_readlink(const CString& path) = 0;
    virtual IoResult<void> fs_symlink(const CString& target, const CString& path) = 0;
    virtual IoResult<void> fs_link(const CString& existing, const CString& path) = 0;
    virtual IoResult<void> fs_utime(const CString& path, std::uint64_t accessed, std::uint64_t modified) = 0;

    virtual IoResult<std::unique_ptr<RtioTimer>> timer_init() = 0;
    virtual IoResult<Spawned> spawn(const ProcessConfig& config) = 0;
    virtual IoResult<void> kill(int pid, int signal) = 0;
    virtual IoResult<std::unique_ptr<RtioPipe>> pipe_open(int fd) = 0;
    virtual IoResult<std::unique_ptr<RtioTTY>> tty_open(int fd, bool readable) = 0;
    virtual IoResult<std::unique_ptr<RtioSignal>> signal(int signal, std::unique_ptr<Callback> callback) = 0;
};

}  // namespace runtime_2014::rtio
