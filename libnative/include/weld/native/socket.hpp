// SPDX-License-Identifier: MIT
//
// Socket: a TCP socket over IPv4 or IPv6, listening or connected.
//
// Members are const and any thread may call them: the object is a handle, the kernel holds the state. A call that a
// signal interrupts is continued; where a timeout was set, signals can at most double it. A timeout that expires gives
// `Errno::Timedout`, also where the system returns EAGAIN; `Errno::Again` is for non-blocking sockets only. A write to
// a closed connection raises no SIGPIPE. Sockets are close-on-exec, and nothing here allocates.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/socket_addr.hpp>
#include <weld/sys/answer.hpp>
#include <weld/sys/errno.hpp>
#include <weld/sys/repr.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace weld::native {

/// Options for opening a socket.
struct SocketOptions {
    bool nonblocking = false;
};

/// The direction of a connection to shut down (half-close).
enum class Shutdown : std::uint8_t { Read, Write, Both };

struct Accepted;

class Socket {
public:
    /// How long a call may wait; nothing stands for no limit.
    using Timeout = std::optional<std::chrono::nanoseconds>;

    /// Opens a TCP socket for addresses of `family`.
    [[nodiscard]] static WELD_API sys::Result<Socket> open(IpFamily family, const SocketOptions& options = {}) noexcept;

    /// Takes ownership of `handle`, which is open on a socket.
    [[nodiscard]] static Socket from_handle(sys::OwnedHandle handle) noexcept { return Socket(std::move(handle)); }

    /// Binds the socket to a local address. Port zero stands for any free port.
    [[nodiscard]] WELD_API sys::Result<void> bind(const SocketAddr& address) const noexcept;

    /// Starts to listen for connections. At most `backlog` connections wait for `accept`, or fewer where the system's
    /// limit is lower.
    [[nodiscard]] WELD_API sys::Result<void> listen(std::uint32_t backlog) const noexcept;

    /// Waits for a connection, at most for the read timeout, and accepts it. The new socket is blocking, whatever the
    /// listening socket is.
    [[nodiscard]] WELD_API sys::Result<Accepted> accept() const noexcept;

    /// Connects to `address`, at most for the write timeout. After a failure the socket must not be used again.
    [[nodiscard]] WELD_API sys::Result<void> connect(const SocketAddr& address) const noexcept;

    /// Connects to `address`, at most until `deadline`, then `Errno::Timedout`. Restores the blocking or non-blocking
    /// mode of the socket.
    [[nodiscard]] WELD_API sys::Result<void> connect_until(const SocketAddr& address, Instant deadline) const noexcept;

    /// Reads the bytes that have arrived; waits for the first one. Zero means end of stream, the peer sends no more,
    /// unless `target` is empty.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// As `read`, but the bytes stay in the socket: the next read returns them again.
    [[nodiscard]] WELD_API sys::Result<std::size_t> peek(std::span<std::byte> target) const noexcept;

    /// Writes, and may write less than `source`. `Errno::Pipe` when the connection is closed for writing.
    [[nodiscard]] WELD_API sys::Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// As `read`, `peek` and `write`, but they never wait: `Errno::Again` instead, also on a blocking socket.
    [[nodiscard]] WELD_API sys::Result<std::size_t> try_read(std::span<std::byte> target) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> try_peek(std::span<std::byte> target) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> try_write(std::span<const std::byte> source) const noexcept;

    /// Shuts down one direction of the connection, or both; calls that wait in it return.
    [[nodiscard]] WELD_API sys::Result<void> shutdown(Shutdown how) const noexcept;

    [[nodiscard]] WELD_API sys::Result<SocketAddr> local_addr() const noexcept;
    [[nodiscard]] WELD_API sys::Result<SocketAddr> peer_addr() const noexcept;

    /// Returns the pending error of the socket and clears it (SO_ERROR); `Errno{}` for none.
    [[nodiscard]] WELD_API sys::Result<sys::Errno> take_error() const noexcept;

    /// Whether calls that would wait fail with `Errno::Again` instead.
    [[nodiscard]] WELD_API sys::Result<void> set_nonblocking(bool nonblocking) const noexcept;

    /// Whether small writes are sent at once (TCP_NODELAY).
    [[nodiscard]] WELD_API sys::Result<void> set_nodelay(bool nodelay) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> nodelay() const noexcept;

    /// Whether the system probes a silent peer from time to time (SO_KEEPALIVE).
    [[nodiscard]] WELD_API sys::Result<void> set_keepalive(bool keepalive) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> keepalive() const noexcept;

    /// Before `bind`: whether it may take a port whose last connections are still in TIME_WAIT (SO_REUSEADDR).
    [[nodiscard]] WELD_API sys::Result<void> set_reuse_addr(bool reuse) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> reuse_addr() const noexcept;

    /// Before `bind`: whether several sockets may listen on one port and share its connections (SO_REUSEPORT).
    [[nodiscard]] WELD_API sys::Result<void> set_reuse_port(bool reuse) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> reuse_port() const noexcept;

    /// Before `bind`, for a V6 socket: whether it refuses V4 connections (IPV6_V6ONLY).
    [[nodiscard]] WELD_API sys::Result<void> set_v6only(bool v6only) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> v6only() const noexcept;

    /// How long a read or an accept, and how long a write or a connect may wait. Rounded up to whole microseconds, and
    /// by the system to its own ticks; `Errno::Inval` for zero or less.
    [[nodiscard]] WELD_API sys::Result<void> set_read_timeout(Timeout timeout) const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> set_write_timeout(Timeout timeout) const noexcept;
    [[nodiscard]] WELD_API sys::Result<Timeout> read_timeout() const noexcept;
    [[nodiscard]] WELD_API sys::Result<Timeout> write_timeout() const noexcept;

    /// Closes the socket. The system still sends bytes that were written. The handle is closed either way.
    [[nodiscard]] sys::Result<void> close() && noexcept { return std::move(handle_).close(); }

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return handle_.borrow(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(handle_); }

private:
    explicit Socket(sys::OwnedHandle handle) noexcept : handle_(std::move(handle)) {}

    sys::OwnedHandle handle_;
};

/// An accepted connection and the address of its peer.
struct Accepted {
    Socket socket;
    SocketAddr peer;
};

}  // namespace weld::native
