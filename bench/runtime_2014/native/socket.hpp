// SPDX-License-Identifier: MIT
//
// socket: a descriptor that clones share, the two deadlines of each clone, and addresses.

#pragma once

#include <sys/socket.h>
#include <unistd.h>
#include <memory>
#include <span>

#include "runtime_2014/native/calls.hpp"
#include "runtime_2014/native/mutex.hpp"

namespace runtime_2014::native {

/// Shared by clones: one more block for each socket. The lock was for systems without MSG_DONTWAIT.
struct SharedSocket {
    explicit SharedSocket(int descriptor) : fd(descriptor) {}
    SharedSocket(const SharedSocket&) = delete;
    SharedSocket& operator=(const SharedSocket&) = delete;
    ~SharedSocket() { ::close(fd); }

    int fd;
    NativeMutex lock;
};

/// An address in the system's layout.
struct Storage {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;

    Storage() = default;
    explicit Storage(const SocketAddr& address);
    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
    IoResult<SocketAddr> address() const;
};

class Socket {
public:
    explicit Socket(std::shared_ptr<SharedSocket> shared) : shared_(std::move(shared)) {}

    int fd() const { return shared_->fd; }
    const std::shared_ptr<SharedSocket>& shared() const { return shared_; }

    IoResult<std::size_t> read(std::span<std::byte> buffer) const;
    IoResult<void> write(std::span<const std::byte> bytes) const;
    IoResult<void> shut(int how) const {
        return done(retry([&] { return ::shutdown(fd(), how); }));
    }
    IoResult<SocketAddr> name(int (*call)(int, sockaddr*, socklen_t*)) const;
    IoResult<void> set(int level, int option, int value) const {
        return done(::setsockopt(fd(), level, option, &value, sizeof value));
    }

    void set_read_timeout(Deadline timeout) { read_deadline = to_deadline(timeout); }
    void set_write_timeout(Deadline timeout) { write_deadline = to_deadline(timeout); }

    std::uint64_t read_deadline = 0;
    std::uint64_t write_deadline = 0;

private:
    std::shared_ptr<SharedSocket> shared_;
};

/// A new socket for addresses of that family.
IoResult<Socket> new_socket(int family, int type);

/// Connects, or times out after `timeout`.
IoResult<void> connect(const Socket& socket, const sockaddr* address, socklen_t size, Deadline timeout);

/// The next connection, as a socket; fails when the clock is past `deadline`.
IoResult<Socket> accept(const Socket& listener, std::uint64_t deadline);

}  // namespace runtime_2014::native
