// SPDX-License-Identifier: MIT
#include <weld/net/tcp_stream.hpp>

#include "../during.hpp"
#include "waiting_error.hpp"

#include <weld/sys/try.hpp>

namespace weld::net {

namespace {

/// A new socket, connected to `address` by `connect`.
template <class Connect>
sys::Result<native::Socket> connected(const SocketAddr& address, Connect connect) noexcept {
    auto socket = WELD_TRY(native::Socket::open(address.as_native().family));
    WELD_TRY(connect(socket));
    return socket;
}

}  // namespace

Result<TcpStream> TcpStream::connect(const SocketAddr& address) noexcept {
    return TcpStream(WELD_TRY(during("connect", connected(address, [&](const native::Socket& socket) {
                                         return socket.connect(address.as_native());
                                     }))));
}

Result<TcpStream> TcpStream::connect_timeout(const SocketAddr& address, time::Duration timeout) noexcept {
    if (timeout <= time::Duration::zero()) {
        return std::unexpected(Error("connect", Fault::BadTimeout));
    }
    const time::Instant deadline = time::deadline_after(timeout);
    return TcpStream(WELD_TRY(during("connect", connected(address, [&](const native::Socket& socket) {
                                         return socket.connect_until(address.as_native(), deadline);
                                     }))));
}

Result<std::size_t> TcpStream::read(std::span<std::byte> target) const noexcept {
    return during("read", native_.read(target));
}

Result<std::size_t> TcpStream::peek(std::span<std::byte> target) const noexcept {
    return during("peek", native_.peek(target));
}

Result<std::size_t> TcpStream::write(std::span<const std::byte> source) const noexcept {
    return during("write", native_.write(source));
}

Result<void> TcpStream::shutdown(Shutdown how) const noexcept { return during("shutdown", native_.shutdown(how)); }

Result<SocketAddr> TcpStream::peer_addr() const noexcept {
    return SocketAddr::from_native(WELD_TRY(during("peer_addr", native_.peer_addr())));
}

Result<SocketAddr> TcpStream::local_addr() const noexcept {
    return SocketAddr::from_native(WELD_TRY(during("local_addr", native_.local_addr())));
}

Result<void> TcpStream::set_nodelay(bool nodelay) const noexcept {
    return during("set_nodelay", native_.set_nodelay(nodelay));
}

Answer<bool> TcpStream::nodelay() const noexcept { return during("nodelay", native_.nodelay()); }

Result<void> TcpStream::set_keepalive(bool keepalive) const noexcept {
    return during("set_keepalive", native_.set_keepalive(keepalive));
}

Answer<bool> TcpStream::keepalive() const noexcept { return during("keepalive", native_.keepalive()); }

Result<void> TcpStream::set_read_timeout(Timeout timeout) const noexcept {
    if (timeout && *timeout <= time::Duration::zero()) {
        return std::unexpected(Error("set_read_timeout", Fault::BadTimeout));
    }
    return during("set_read_timeout", native_.set_read_timeout(timeout));
}

Result<void> TcpStream::set_write_timeout(Timeout timeout) const noexcept {
    if (timeout && *timeout <= time::Duration::zero()) {
        return std::unexpected(Error("set_write_timeout", Fault::BadTimeout));
    }
    return during("set_write_timeout", native_.set_write_timeout(timeout));
}

Result<TcpStream::Timeout> TcpStream::read_timeout() const noexcept {
    return during("read_timeout", native_.read_timeout());
}

Result<TcpStream::Timeout> TcpStream::write_timeout() const noexcept {
    return during("write_timeout", native_.write_timeout());
}

Result<void> TcpStream::set_nonblocking(bool nonblocking) const noexcept {
    return during("set_nonblocking", native_.set_nonblocking(nonblocking));
}

Answer<std::optional<Error>> TcpStream::take_error() const noexcept { return waiting_error(native_); }

Result<void> TcpStream::close() && noexcept { return during("close", std::move(native_).close()); }

}  // namespace weld::net
