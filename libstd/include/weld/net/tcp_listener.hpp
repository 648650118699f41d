// SPDX-License-Identifier: MIT
//
// TcpListener: a port on which TCP connections are taken.
//
//     auto accepted = listener.accept();  // a Result: accepted->stream, accepted->peer
//
// I/O members are const and any thread may call them: several may wait in `accept`, each connection goes to
// one. An accept that fails, for want of descriptors say, loses no connection: the next one takes it.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/native/repr.hpp>
#include <weld/native/socket.hpp>
#include <weld/net/socket_addr.hpp>
#include <weld/net/tcp_stream.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace weld::net {

/// How a listener begins.
struct ListenOptions {
    /// The most connections that wait for `accept`. The system takes less if its own limit is less (Linux:
    /// net.core.somaxconn, 4096 by default): with more, the limit is the administrator's alone.
    std::uint32_t backlog = 4096;

    /// Whether the port may be taken while connections of its last owner are still dying.
    bool reuse_addr = native::listeners_reuse_addr;

    /// Whether several listeners, all with this option, share the port and its connections.
    bool reuse_port = false;

    /// Whether a listener on an IPv6 address keeps IPv4 connections out. The system decides if nobody says;
    /// IPv4 listeners do not ask.
    std::optional<bool> v6only{};
};

/// A connection that was accepted, and where it comes from.
struct Accepted {
    TcpStream stream;
    SocketAddr peer;
};

class TcpListener {
public:
    /// Listens on `address`; on port zero on any that is free, which `local_addr` says. AddrInUse when the port
    /// is taken, AddrNotAvailable when no interface has the address.
    [[nodiscard]] static WELD_API Result<TcpListener> bind(const SocketAddr& address,
                                                           const ListenOptions& options = {}) noexcept;

    /// Waits for a connection and takes it. TooManyOpenFiles when the process can have no more descriptors;
    /// ConnectionAborted when the peer went away while it waited, which is no reason to stop listening.
    [[nodiscard]] WELD_API Result<Accepted> accept() const noexcept;

    /// The address and the port that connections are taken on.
    [[nodiscard]] WELD_API Result<SocketAddr> local_addr() const noexcept;

    /// Whether `accept` says WouldBlock instead of waiting. Streams begin blocking all the same.
    [[nodiscard]] WELD_API Result<void> set_nonblocking(bool nonblocking) const noexcept;

    /// The error that waits in the listener, which it then forgets; none if there is none.
    [[nodiscard]] WELD_API Answer<std::optional<Error>> take_error() const noexcept;

    /// Closes the listener and the connections that nobody accepted. The handle is gone either way.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// The layer below, and the way to it and back.
    [[nodiscard]] const native::Socket& as_native() const noexcept { return native_; }
    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return native_.as_handle(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(native_).into_handle(); }
    [[nodiscard]] static TcpListener from_handle(sys::OwnedHandle handle) noexcept {
        return TcpListener(native::Socket::from_handle(std::move(handle)));
    }

private:
    explicit TcpListener(native::Socket native) noexcept : native_(std::move(native)) {}

    native::Socket native_;
};

}  // namespace weld::net
