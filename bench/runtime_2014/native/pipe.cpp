// SPDX-License-Identifier: MIT
//
// pipe: streams, listeners and acceptors between programs of one machine, by Unix domain sockets.

#include <sys/un.h>
#include <cstddef>
#include <utility>

#include "runtime_2014/native/factory.hpp"
#include "runtime_2014/native/socket.hpp"

namespace runtime_2014::native {
namespace {

constexpr int backlog = 128;

class UnixStream final : public RtioPipe {
public:
    explicit UnixStream(Socket socket) : socket_(std::move(socket)) {}

    IoResult<std::size_t> read(std::span<std::byte> buffer) override { return socket_.read(buffer); }
    IoResult<void> write(std::span<const std::byte> bytes) override { return socket_.write(bytes); }
    std::unique_ptr<RtioPipe> clone() override { return std::make_unique<UnixStream>(Socket(socket_.shared())); }
    IoResult<void> close_write() override { return socket_.shut(SHUT_WR); }
    IoResult<void> close_read() override { return socket_.shut(SHUT_RD); }
    void set_timeout(Deadline timeout) override {
        socket_.set_read_timeout(timeout);
        socket_.set_write_timeout(timeout);
    }
    void set_read_timeout(Deadline timeout) override { socket_.set_read_timeout(timeout); }
    void set_write_timeout(Deadline timeout) override { socket_.set_write_timeout(timeout); }

private:
    Socket socket_;
};

// A socket that removes its path before it is closed.
class Named {
public:
    Named(Socket socket, std::string path) : socket(std::move(socket)), path_(std::move(path)) {}
    Named(Named&& other) noexcept : socket(std::move(other.socket)), path_(std::exchange(other.path_, {})) {}
    Named& operator=(Named&&) = delete;
    ~Named() {
        if (!path_.empty()) {
            ::unlink(path_.c_str());
        }
    }

    Socket socket;

private:
    std::string path_;
};

class UnixAcceptor final : public RtioUnixAcceptor {
public:
    explicit UnixAcceptor(Named named) : named_(std::move(named)) {}

    IoResult<std::unique_ptr<RtioPipe>> accept() override {
        auto accepted = native::accept(named_.socket, named_.socket.read_deadline);
        if (!accepted) {
            return std::unexpected(std::move(accepted).error());
        }
        return std::make_unique<UnixStream>(*std::move(accepted));
    }
    void set_timeout(Deadline timeout) override { named_.socket.set_read_timeout(timeout); }

private:
    Named named_;
};

class UnixListener final : public RtioUnixListener {
public:
    explicit UnixListener(Named named) : named_(std::move(named)) {}

    IoResult<std::unique_ptr<RtioUnixAcceptor>> listen() override {
        if (::listen(named_.socket.fd(), backlog) == -1) {
            return last_error();
        }
        return std::make_unique<UnixAcceptor>(std::move(named_));
    }

private:
    Named named_;
};

IoResult<std::pair<sockaddr_un, socklen_t>> to_address(const CString& path) {
    sockaddr_un address{};
    const auto size = std::strlen(path.as_ptr());
    if (size >= sizeof address.sun_path) {
        return error_of(EINVAL);
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.as_ptr(), size);
    return std::pair(address, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + 1));
}

}  // namespace

IoResult<std::unique_ptr<RtioPipe>> unix_connect(const CString& path, Deadline timeout) {
    const auto address = to_address(path);
    auto socket = address ? new_socket(AF_UNIX, SOCK_STREAM) : std::unexpected(address.error());
    if (!socket) {
        return std::unexpected(std::move(socket).error());
    }
    auto connected = connect(*socket, reinterpret_cast<const sockaddr*>(&address->first), address->second, timeout);
    if (!connected) {
        return std::unexpected(std::move(connected).error());
    }
    return std::make_unique<UnixStream>(*std::move(socket));
}

IoResult<std::unique_ptr<RtioUnixListener>> unix_bind(const CString& path) {
    const auto address = to_address(path);
    auto socket = address ? new_socket(AF_UNIX, SOCK_STREAM) : std::unexpected(address.error());
    if (!socket) {
        return std::unexpected(std::move(socket).error());
    }
    if (::bind(socket->fd(), reinterpret_cast<const sockaddr*>(&address->first), address->second) == -1) {
        return last_error();
    }
    return std::make_unique<UnixListener>(Named(*std::move(socket), path.as_ptr()));
}

}  // namespace runtime_2014::native
