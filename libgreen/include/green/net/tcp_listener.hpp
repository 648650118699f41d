// SPDX-License-Identifier: MIT
//
// TcpListener: a port on which tasks take TCP connections.
//
//     auto accepted = listener.accept();  // a Result: accepted->stream, accepted->peer
//
// As weld::net::TcpListener, but what would wait parks the task. Several tasks may wait in `accept`; each
// connection goes to one.
#pragma once

#include <green/net/tcp_stream.hpp>

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/net.hpp>

#include <memory>
#include <optional>

namespace green::net {

using weld::net::ListenOptions;

/// A connection that was accepted, and where it comes from.
struct Accepted {
    TcpStream stream;
    SocketAddr peer;
};

class TcpListener {
public:
    GREEN_API TcpListener(TcpListener&&) noexcept;
    GREEN_API TcpListener& operator=(TcpListener&&) noexcept;
    GREEN_API ~TcpListener();

    /// Listens on `address`; on port zero on any that is free, which `local_addr` says. AddrInUse when the port
    /// is taken, AddrNotAvailable when no interface has the address.
    [[nodiscard]] static GREEN_API weld::Result<TcpListener> bind(const SocketAddr& address,
                                                                  const ListenOptions& options = {}) noexcept;

    /// Takes over a listener that was made natively; it becomes non-blocking.
    [[nodiscard]] static GREEN_API weld::Result<TcpListener> from_native(weld::net::TcpListener listener) noexcept;

    /// Gives the listener back as a native one, which is blocking again: for a child process, or native threads. No
    /// task waits in `accept`. Where another worker's loop watches it, it has another descriptor, and TooManyOpenFiles
    /// when the process can have no more; the listener stays as it was then.
    [[nodiscard]] GREEN_API weld::Result<weld::net::TcpListener> into_native() && noexcept;

    /// Waits for a connection and takes it. TooManyOpenFiles when the process can have no more descriptors: that is
    /// said after ten milliseconds, so that a loop which tries again does not spin, and loses no connection.
    /// ConnectionAborted when the peer went away while it waited, which is no reason to stop listening. Parks.
    /// Allocates: one block.
    [[nodiscard]] GREEN_API weld::Result<Accepted> accept() const noexcept;

    /// The address and the port that connections are taken on.
    [[nodiscard]] GREEN_API weld::Result<SocketAddr> local_addr() const noexcept;

    /// The error that waits in the listener, which it then forgets; none if there is none.
    [[nodiscard]] GREEN_API weld::Answer<std::optional<weld::Error>> take_error() const noexcept;

    /// Closes the listener and the connections that nobody accepted: at once, or where another worker's loop
    /// watches it, as soon as that comes to it.
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
