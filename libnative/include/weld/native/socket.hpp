// SPDX-License-Identifier: MIT
//
// Socket: a TCP socket over IPv4 or IPv6, listening or connected.
//
// Members are const and any thread may call them: the object is a handle, the state is the kernel's. What a
// signal interrupts goes on; where a time was set, signals can at most double it. A time that runs out is
// `Errno::Timedout` also where the system says EAGAIN, which is left to sockets that are non-blocking.
// Writing to a peer that is gone raises no signal. No child process inherits a socket, and nothing allocates.
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

/// How a socket is opened.
struct SocketOptions {
    bool nonblocking = false;
};

/// Which direction of a connection ends.
enum class Shutdown : std::uint8_t { Read, Write, Both };

struct Accepted;

class Socket {
public:
    /// How long a call may wait; nothing for without end.
    using Timeout = std::optional<std::chrono::nanoseconds>;

    /// Opens a TCP socket for addresses of `family`.
    [[nodiscard]] static WELD_API sys::Result<Socket> open(IpFamily family, const SocketOptions& options = {}) noexcept;

    /// Takes `handle`, open on a socket.
    [[nodiscard]] static Socket from_handle(sys::OwnedHandle handle) noexcept { return Socket(std::move(handle)); }

    /// Gives the socket its own address. Port zero stands for any that is free.
    [[nodiscard]] WELD_API sys::Result<void> bind(const SocketAddr& address) const noexcept;

    /// Begins to take connections. Those that wait for `accept` are `backlog` at most, or what the system allows
    /// if that is less.
    [[nodiscard]] WELD_API sys::Result<void> listen(std::uint32_t backlog) const noexcept;

    /// Waits for a connection and takes it. It begins blocking, whatever the listening socket is. The read
    /// timeout counts.
    [[nodiscard]] WELD_API sys::Result<Accepted> accept() const noexcept;

    /// Connects to `address`. The write timeout counts. When this fails the socket is of no further use.
    [[nodiscard]] WELD_API sys::Result<void> connect(const SocketAddr& address) const noexcept;

    /// Connects to `address`, at most until `deadline`; `Errno::Timedout` then. Blocking or not, the socket is
    /// afterwards what it was before.
    [[nodiscard]] WELD_API sys::Result<void> connect_until(const SocketAddr& address, Instant deadline) const noexcept;

    /// Reads what has come, waiting for the first byte. Zero means that the peer sends no more, unless `target`
    /// is empty.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// As `read`, but the bytes stay and the next read gives them again.
    [[nodiscard]] WELD_API sys::Result<std::size_t> peek(std::span<std::byte> target) const noexcept;

    /// Writes, and may write less than `source`. `Errno::Pipe` when the peer takes no more.
    [[nodiscard]] WELD_API sys::Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// As `read`, `peek` and `write`, but they never wait: `Errno::Again` instead, whatever the socket is.
    [[nodiscard]] WELD_API sys::Result<std::size_t> try_read(std::span<std::byte> target) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> try_peek(std::span<std::byte> target) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> try_write(std::span<const std::byte> source) const noexcept;

    /// Ends one direction of the connection, or both; whoever waits in it goes on.
    [[nodiscard]] WELD_API sys::Result<void> shutdown(Shutdown how) const noexcept;

    [[nodiscard]] WELD_API sys::Result<SocketAddr> local_addr() const noexcept;
    [[nodiscard]] WELD_API sys::Result<SocketAddr> peer_addr() const noexcept;

    /// The error that waits in the socket, which it then forgets; `Errno{}` for none.
    [[nodiscard]] WELD_API sys::Result<sys::Errno> take_error() const noexcept;

    /// Whether calls that would wait fail with `Errno::Again` instead.
    [[nodiscard]] WELD_API sys::Result<void> set_nonblocking(bool nonblocking) const noexcept;

    /// Whether small writes are sent at once (TCP_NODELAY).
    [[nodiscard]] WELD_API sys::Result<void> set_nodelay(bool nodelay) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> nodelay() const noexcept;

    /// Whether a silent peer is asked now and then if it is there (SO_KEEPALIVE).
    [[nodiscard]] WELD_API sys::Result<void> set_keepalive(bool keepalive) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> keepalive() const noexcept;

    /// Before `bind`: whether a port may be taken whose last connections are still dying (SO_REUSEADDR).
    [[nodiscard]] WELD_API sys::Result<void> set_reuse_addr(bool reuse) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> reuse_addr() const noexcept;

    /// Before `bind`: whether several sockets may listen on one port and share its connections (SO_REUSEPORT).
    [[nodiscard]] WELD_API sys::Result<void> set_reuse_port(bool reuse) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> reuse_port() const noexcept;

    /// Before `bind`, of a V6 socket: whether V4 connections stay out (IPV6_V6ONLY).
    [[nodiscard]] WELD_API sys::Result<void> set_v6only(bool v6only) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> v6only() const noexcept;

    /// How long a read, an accept, a write may wait. Rounded up to whole microseconds, and by the system to its
    /// own ticks; `Errno::Inval` for zero and less.
    [[nodiscard]] WELD_API sys::Result<void> set_read_timeout(Timeout timeout) const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> set_write_timeout(Timeout timeout) const noexcept;
    [[nodiscard]] WELD_API sys::Result<Timeout> read_timeout() const noexcept;
    [[nodiscard]] WELD_API sys::Result<Timeout> write_timeout() const noexcept;

    /// Closes the socket. What was written still travels. The handle is gone either way.
    [[nodiscard]] sys::Result<void> close() && noexcept { return std::move(handle_).close(); }

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return handle_.borrow(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(handle_); }

private:
    explicit Socket(sys::OwnedHandle handle) noexcept : handle_(std::move(handle)) {}

    sys::OwnedHandle handle_;
};

/// A connection that was accepted, and where it comes from.
struct Accepted {
    Socket socket;
    SocketAddr peer;
};

}  // namespace weld::native
