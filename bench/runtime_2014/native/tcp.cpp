// SPDX-License-Identifier: MIT
//
// tcp: streams, listeners and acceptors of TCP.

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "runtime_2014/native/factory.hpp"
#include "runtime_2014/native/socket.hpp"

namespace runtime_2014::native {
namespace {

constexpr int backlog = 128;

class TcpStream final : public RtioTcpStream {
public:
    explicit TcpStream(Socket socket) : socket_(std::move(socket)) {}

    IoResult<SocketAddr> socket_name() override { return socket_.name(::getsockname); }
    IoResult<SocketAddr> peer_name() override { return socket_.name(::getpeername); }
    IoResult<std::size_t> read(std::span<std::byte> buffer) override { return socket_.read(buffer); }
    IoResult<void> write(std::span<const std::byte> bytes) override { return socket_.write(bytes); }
    IoResult<void> control_congestion() override { return socket_.set(IPPROTO_TCP, TCP_NODELAY, 0); }
    IoResult<void> nodelay() override { return socket_.set(IPPROTO_TCP, TCP_NODELAY, 1); }
    IoResult<void> keepalive(std::size_t delay_in_seconds) override {
        if (auto set = socket_.set(SOL_SOCKET, SO_KEEPALIVE, 1); !set) {
            return set;
        }
        return socket_.set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(delay_in_seconds));
    }
    IoResult<void> letdie() override { return socket_.set(SOL_SOCKET, SO_KEEPALIVE, 0); }
    std::unique_ptr<RtioTcpStream> clone() override { return std::make_unique<TcpStream>(Socket(socket_.shared())); }
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

class TcpAcceptor final : public RtioTcpAcceptor {
public:
    explicit TcpAcceptor(Socket socket) : socket_(std::move(socket)) {}

    IoResult<SocketAddr> socket_name() override { return socket_.name(::getsockname); }
    IoResult<std::unique_ptr<RtioTcpStream>> accept() override {
        auto accepted = native::accept(socket_, socket_.read_deadline);
        if (!accepted) {
            return std::unexpected(std::move(accepted).error());
        }
        return std::make_unique<TcpStream>(*std::move(accepted));
    }
    IoResult<void> accept_simultaneously() override { return {}; }
    IoResult<void> dont_accept_simultaneously() override { return {}; }
    void set_timeout(Deadline timeout) override { socket_.set_read_timeout(timeout); }

private:
    Socket socket_;
};

class TcpListener final : public RtioTcpListener {
public:
    explicit TcpListener(Socket socket) : socket_(std::move(socket)) {}

    IoResult<SocketAddr> socket_name() override { return socket_.name(::getsockname); }
    IoResult<std::unique_ptr<RtioTcpAcceptor>> listen() override {
        if (::listen(socket_.fd(), backlog) == -1) {
            return last_error();
        }
        return std::make_unique<TcpAcceptor>(std::move(socket_));
    }

private:
    Socket socket_;
};

}  // namespace

IoResult<std::unique_ptr<RtioTcpStream>> tcp_connect(const SocketAddr& address, Deadline timeout) {
    auto socket = new_socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM);
    if (!socket) {
        return std::unexpected(std::move(socket).error());
    }
    Storage storage(address);
    if (auto connected = connect(*socket, storage.raw(), storage.size, timeout); !connected) {
        return std::unexpected(std::move(connected).error());
    }
    return std::make_unique<TcpStream>(*std::move(socket));
}

IoResult<std::unique_ptr<RtioTcpListener>> tcp_bind(const SocketAddr& address) {
    auto socket = new_socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM);
    if (!socket) {
        return std::unexpected(std::move(socket).error());
    }
    if (auto set = socket->set(SOL_SOCKET, SO_REUSEADDR, 1); !set) {
        return std::unexpected(std::move(set).error());
    }
    Storage storage(address);
    if (::bind(socket->fd(), storage.raw(), storage.size) == -1) {
        return last_error();
    }
    return std::make_unique<TcpListener>(*std::move(socket));
}

}  // namespace runtime_2014::native
