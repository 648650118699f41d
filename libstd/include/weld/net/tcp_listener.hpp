// SPDX-License-Identifier: MIT
//
// TcpListener: accepts TCP connections on a port.
//
//     auto accepted = listener.accept();  // a Result: accepted->stream, accepted->peer
//
// I/O members are const and any thread may call them. Several threads may wait in `accept`; each connection goes to one
// of them. An accept that fails, for lack of file descriptors for example, loses no connection: it stays in the
// backlog, and the next accept takes it. Only a connection wakes a thread that waits in `accept`: docs/net.md says how
// to stop a listener.
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

/// Options of a new listener.
struct ListenOptions {
    /// The maximum number of connections that wait for `accept`. The system clamps it to its own limit (Linux:
    /// net.core.somaxconn, 4096 by default). With a value above the default, only the administrator's limit counts.
    std::uint32_t backlog = 4096;

    /// Whether the port can be bound while connections of its last owner are still closing (SO_REUSEADDR).
    bool reuse_addr = native::listeners_reuse_addr;

    /// Whether several listeners, all with this option, share the port and its connections (SO_REUSEPORT).
    bool reuse_port = false;

    /// Whether a listener on an IPv6 address refuses IPv4 connections (IPV6_V6ONLY). Without a value the system
    /// decides. IPv4 listeners ignore it.
    std::optional<bool> v6only{};
};

/// An accepted connection, and the address of its peer.
struct Accepted {
    TcpStream stream;
    SocketAddr peer;
};

class TcpListener {
public:
    /// Listens on `address`. Port zero takes any free port; `local_addr` says which. AddrInUse when the port is taken,
    /// AddrNotAvailable when no interface has the address.
    [[nodiscard]] static WELD_API Result<TcpListener> bind(const SocketAddr& address,
                                                           const ListenOptions& options = {}) noexcept;

    /// Waits for a connection and accepts it. TooManyOpenFiles when the process can open no more file descriptors;
    /// ConnectionAborted when the peer closed the connection while it was in the backlog, which is no reason to stop
    /// accepting.
    [[nodiscard]] WELD_API Result<Accepted> accept() const noexcept;

    /// The address and the port of the listener.
    [[nodiscard]] WELD_API Result<SocketAddr> local_addr() const noexcept;

    /// Sets whether `accept` fails with WouldBlock instead of waiting. Accepted streams are blocking in any case.
    [[nodiscard]] WELD_API Result<void> set_nonblocking(bool nonblocking) const noexcept;

    /// Returns and clears the pending error of the socket (SO_ERROR); nothing if there is none.
    [[nodiscard]] WELD_API Answer<std::optional<Error>> take_error() const noexcept;

    /// Closes the listener and the connections in its backlog. The handle is closed also after an error.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// Conversions to and from the layer below.
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
