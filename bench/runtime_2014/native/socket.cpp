// SPDX-License-Identifier: MIT
//
// socket: common parts of TCP, UDP and Unix domain sockets.

#include "runtime_2014/native/socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>

namespace runtime_2014::native {

Storage::Storage(const SocketAddr& address) {
    if (address.v6) {
        sockaddr_in6 raw_address{};
        raw_address.sin6_family = AF_INET6;
        raw_address.sin6_port = htons(address.port);
        std::memcpy(&raw_address.sin6_addr, address.ip.data(), 16);
        std::memcpy(&storage, &raw_address, size = sizeof raw_address);
    } else {
        sockaddr_in raw_address{};
        raw_address.sin_family = AF_INET;
        raw_address.sin_port = htons(address.port);
        std::memcpy(&raw_address.sin_addr, address.ip.data(), 4);
        std::memcpy(&storage, &raw_address, size = sizeof raw_address);
    }
}

IoResult<SocketAddr> Storage::address() const {
    SocketAddr address;
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 raw_address;
        std::memcpy(&raw_address, &storage, sizeof raw_address);
        address.v6 = true;
        address.port = ntohs(raw_address.sin6_port);
        std::memcpy(address.ip.data(), &raw_address.sin6_addr, 16);
        return address;
    }
    if (storage.ss_family == AF_INET) {
        sockaddr_in raw_address;
        std::memcpy(&raw_address, &storage, sizeof raw_address);
        address.port = ntohs(raw_address.sin_port);
        std::memcpy(address.ip.data(), &raw_address.sin_addr, 4);
        return address;
    }
    return error_of(EINVAL);
}

IoResult<std::size_t> Socket::read(std::span<std::byte> buffer) const {
    auto count = read_until(fd(), read_deadline, MSG_DONTWAIT,
                            [&](int flags) { return ::recv(fd(), buffer.data(), buffer.size(), flags); });
    if (count && *count == 0) {
        return std::unexpected(IoError{.code = end_of_file, .extra = 0, .detail = std::nullopt});
    }
    return count;
}

IoResult<void> Socket::write(std::span<const std::byte> bytes) const {
    return write_until(fd(), write_deadline, MSG_DONTWAIT, bytes, [&](std::span<const std::byte> rest, int flags) {
        return ::send(fd(), rest.data(), rest.size(), flags | MSG_NOSIGNAL);
    });
}

IoResult<SocketAddr> Socket::name(int (*call)(int, sockaddr*, socklen_t*)) const {
    Storage storage;
    if (call(fd(), storage.raw(), &storage.size) == -1) {
        return last_error();
    }
    return storage.address();
}

IoResult<Socket> new_socket(int family, int type) {
    const int fd = ::socket(family, type | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return last_error();
    }
    return Socket(std::make_shared<SharedSocket>(fd));
}

namespace {

IoResult<void> set_waiting(int fd, bool waits) {
    const int flags = ::fcntl(fd, F_GETFL);
    return done(::fcntl(fd, F_SETFL, waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}

IoResult<void> connect_until(int fd, const sockaddr* address, socklen_t size, std::uint64_t deadline) {
    if (::connect(fd, address, size) == 0) {
        return {};
    }
    if (errno != EINPROGRESS && errno != EAGAIN) {
        return last_error();
    }
    if (auto ready = await(fd, POLLOUT, deadline); !ready) {
        return ready;
    }
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == -1) {
        return last_error();
    }
    return error == 0 ? IoResult<void>() : error_of(error);
}

}  // namespace

IoResult<void> connect(const Socket& socket, const sockaddr* address, socklen_t size, Deadline timeout) {
    if (!timeout) {
        return done(retry([&] { return ::connect(socket.fd(), address, size); }));
    }
    if (auto set = set_waiting(socket.fd(), false); !set) {
        return set;
    }
    auto connected = connect_until(socket.fd(), address, size, to_deadline(timeout));
    if (auto set = set_waiting(socket.fd(), true); !set) {
        return set;
    }
    return connected;
}

IoResult<Socket> accept(const Socket& listener, std::uint64_t deadline) {
    if (deadline != 0) {
        if (auto ready = await(listener.fd(), POLLIN, deadline); !ready) {
            return std::unexpected(std::move(ready).error());
        }
    }
    const int fd = retry([&] { return ::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC); });
    if (fd == -1) {
        return last_error();
    }
    return Socket(std::make_shared<SharedSocket>(fd));
}

}  // namespace runtime_2014::native
