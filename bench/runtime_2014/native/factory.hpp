// SPDX-License-Identifier: MIT
//
// factory: NativeIo, the IoFactory of native tasks, with a function for each kind of object.
//
// Each function is in the source of its kind. NativeIo's virtual table refers to all of them.

#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "runtime_2014/rtio.hpp"

struct stat;

namespace runtime_2014::native {

using namespace rtio;

class NativeIo final : public IoFactory {
public:
    IoResult<std::unique_ptr<RtioTcpStream>> tcp_connect(SocketAddr address, Deadline timeout) override;
    IoResult<std::unique_ptr<RtioTcpListener>> tcp_bind(SocketAddr address) override;
    IoResult<std::unique_ptr<RtioUdpSocket>> udp_bind(SocketAddr address) override;
    IoResult<std::unique_ptr<RtioUnixListener>> unix_bind(const CString& path) override;
    IoResult<std::unique_ptr<RtioPipe>> unix_connect(const CString& path, Deadline timeout) override;
    IoResult<std::vector<AddrinfoInfo>> get_host_addresses(const CString* host, const CString* service,
                                                           std::optional<AddrinfoHint> hint) override;

    std::unique_ptr<RtioFileStream> fs_from_raw_fd(int fd, CloseBehavior close) override;
    IoResult<std::unique_ptr<RtioFileStream>> fs_open(const CString& path, FileMode mode, FileAccess access) override;
    IoResult<void> fs_unlink(const CString& path) override;
    IoResult<FileStat> fs_stat(const CString& path) override;
    IoResult<FileStat> fs_lstat(const CString& path) override;
    IoResult<void> fs_mkdir(const CString& path, std::size_t mode) override;
    IoResult<void> fs_chmod(const CString& path, std::size_t mode) override;
    IoResult<void> fs_rmdir(const CString& path) override;
    IoResult<void> fs_rename(const CString& from, const CString& to) override;
    IoResult<std::vector<CString>> fs_readdir(const CString& path) override;
    IoResult<void> fs_chown(const CString& path, int uid, int gid) override;
    IoResult<CString> fs_readlink(const CString& path) override;
    IoResult<void> fs_symlink(const CString& target, const CString& path) override;
    IoResult<void> fs_link(const CString& existing, const CString& path) override;
    IoResult<void> fs_utime(const CString& path, std::uint64_t accessed, std::uint64_t modified) override;

    IoResult<std::unique_ptr<RtioTimer>> timer_init() override;
    IoResult<Spawned> spawn(const ProcessConfig& config) override;
    IoResult<void> kill(int pid, int signal) override;
    IoResult<std::unique_ptr<RtioPipe>> pipe_open(int fd) override;
    IoResult<std::unique_ptr<RtioTTY>> tty_open(int fd, bool readable) override;
    IoResult<std::unique_ptr<RtioSignal>> signal(int signal, std::unique_ptr<Callback> callback) override;
};

std::unique_ptr<RtioFileStream> file_from_fd(int fd, bool close_on_drop);
std::unique_ptr<RtioPipe> pipe_from_fd(int fd);
IoResult<std::unique_ptr<RtioTTY>> terminal_from_fd(int fd);
FileStat to_file_stat(const struct ::stat& st);

IoResult<std::unique_ptr<RtioTcpStream>> tcp_connect(const SocketAddr& address, Deadline timeout);
IoResult<std::unique_ptr<RtioTcpListener>> tcp_bind(const SocketAddr& address);
IoResult<std::unique_ptr<RtioUdpSocket>> udp_bind(const SocketAddr& address);
IoResult<std::unique_ptr<RtioPipe>> unix_connect(const CString& path, Deadline timeout);
IoResult<std::unique_ptr<RtioUnixListener>> unix_bind(const CString& path);
IoResult<std::vector<AddrinfoInfo>> host_addresses(const CString* host, const CString* service,
                                                   std::optional<AddrinfoHint> hint);

std::unique_ptr<RtioTimer> timer();
IoResult<IoFactory::Spawned> spawn_process(const ProcessConfig& config);
IoResult<void> kill_process(int pid, int signal);

}  // namespace runtime_2014::native
