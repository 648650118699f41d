// SPDX-License-Identifier: MIT
#include <weld/net/tcp_listener.hpp>

#include "../during.hpp"
#include "waiting_error.hpp"

#include <weld/sys/try.hpp>

namespace weld::net {

namespace {

sys::Result<native::Socket> listening(const SocketAddr& address, const ListenOptions& options) noexcept {
    auto socket = WELD_TRY(native::Socket::open(address.as_native().family));
    if (options.reuse_addr) {
        WELD_TRY(socket.set_reuse_addr(true));
    }
    if (options.reuse_port) {
        WELD_TRY(socket.set_reuse_port(true));
    }
    if (options.v6only && address.is_ipv6()) {
        WELD_TRY(socket.set_v6only(*options.v6only));
    }
    WELD_TRY(socket.bind(address.as_native()));
    WELD_TRY(socket.listen(options.backlog));
    return socket;
}

}  // namespace

Result<TcpListener> TcpListener::bind(const SocketAddr& address, const ListenOptions& options) noexcept {
    return TcpListener(WELD_TRY(during("bind", listening(address, options))));
}

Result<Accepted> TcpListener::accept() const noexcept {
    auto [socket, peer] = WELD_TRY(during("accept", native_.accept()));
    return Accepted{.stream = TcpStream::from_handle(std::move(socket).into_handle()),
                    .peer = SocketAddr::from_native(peer)};
}

Result<SocketAddr> TcpListener::local_addr() const noexcept {
    return SocketAddr::from_native(WELD_TRY(during("local_addr", native_.local_addr())));
}

Result<void> TcpListener::set_nonblocking(bool nonblocking) const noexcept {
    return during("set_nonblocking", native_.set_nonblocking(nonblocking));
}

Answer<std::optional<Error>> TcpListener::take_error() const noexcept { return waiting_error(native_); }

Result<void> TcpListener::close() && noexcept { return during("close", std::move(native_).close()); }

}  // namespace weld::net
