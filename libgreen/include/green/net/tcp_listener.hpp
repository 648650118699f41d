// SPDX-License-Identifier: MIT
//
// TcpListener: a port on which tasks accept TCP connections.
//
//     auto accepted = listener.accept();  // a Result: accepted->stream, accepted->peer
//
// As weld::net::TcpListener, but `accept` parks the task instead of blocking the thread. Several tasks may wait in
// `accept`; each connection goes to one of them. Only a connection wakes a task that waits in `accept`, since
// cancellation does not exist yet: docs/coming-from.md says how to stop a listener.
#pragma once

#include <green/net/tcp_stream.hpp>

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/net.hpp>

#include <memory>
#include <optional>

namespace green::net {

using weld::net::ListenOptions;

/// An accepted connection, and the address of its peer.
struct Accepted {
    TcpStream stream;
    SocketAddr peer;
};

/// A socket that accepts connections. One that was moved from can only be destroyed or assigned to.
class TcpListener {
public:
    GREEN_API TcpListener(TcpListener&&) noexcept;
    GREEN_API TcpListener& operator=(TcpListener&&) noexcept;
    GREEN_API ~TcpListener();

    /// Listens on `address`. Port zero means any free port, which `local_addr` returns. AddrInUse when the port is
    /// taken, AddrNotAvailable when no interface has the address.
    [[nodiscard]] static GREEN_API weld::Result<TcpListener> bind(const SocketAddr& address,
                                                                  const ListenOptions& options = {}) noexcept;

    /// Takes over a native listener, and makes it non-blocking.
    [[nodiscard]] static GREEN_API weld::Result<TcpListener> from_native(weld::net::TcpListener listener) noexcept;

    /// Gives the listener back as a native one, which is blocking again: for a child process, or native threads. No
    /// task may be waiting in `accept`. If another worker's loop watches the listener, the result has a new descriptor:
    /// TooManyOpenFiles when the process can have no more, and the listener is then unchanged.
    [[nodiscard]] GREEN_API weld::Result<weld::net::TcpListener> into_native() && noexcept;

    /// Waits for a connection and accepts it. TooManyOpenFiles when the process can have no more descriptors: that
    /// error is returned after ten milliseconds, so that a loop which tries again does not spin, and no connection is
    /// lost. ConnectionAborted when the peer went away while the connection was in the backlog: no reason to stop
    /// listening. Parks. Allocates: one block.
    [[nodiscard]] GREEN_API weld::Result<Accepted> accept() const noexcept;

    /// The address and port that the listener is bound to.
    [[nodiscard]] GREEN_API weld::Result<SocketAddr> local_addr() const noexcept;

    /// Takes the listener's pending error (SO_ERROR); none if there is none.
    [[nodiscard]] GREEN_API weld::Answer<std::optional<weld::Error>> take_error() const noexcept;

    /// Closes the listener and the connections in its backlog: at once, or, if another worker's loop watches it, as
    /// soon as that loop handles the request.
    [[nodiscard]] GREEN_API weld::Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    [[nodiscard]] GREEN_API weld::sys::BorrowedHandle as_handle() const noexcept;

private:
    class Port;
    struct End {
        GREEN_API void operator()(Port* port) const noexcept;
    };
    explicit TcpListener(Port* port) noexcept;

    std::unique_ptr<Port, End> port_;
};

}  // namespace green::net
