// SPDX-License-Identifier: MIT
//
// TcpStream: a TCP connection.
//
// I/O members are const and any thread may call them: one may read while another writes, and `shutdown` wakes
// both. Signals never interrupt a call, and writing to a peer that is gone is BrokenPipe or ConnectionReset and
// no signal, whatever the process does with SIGPIPE. A time that runs out is TimedOut, always; only a
// stream that is non-blocking says WouldBlock. The destructor closes, and what was written still travels.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/native/socket.hpp>
#include <weld/net/socket_addr.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace weld::net {

using native::Shutdown;

class TcpStream {
public:
    /// How long a call may wait; nothing for without end.
    using Timeout = std::optional<time::Duration>;

    /// Connects to `address`. ConnectionRefused when nobody listens there; `error.at(address)` says where.
    [[nodiscard]] static WELD_API Result<TcpStream> connect(const SocketAddr& address) noexcept;

    /// As `connect`, within `timeout`, TimedOut afterwards. `Fault::BadTimeout` when that is zero or less.
    [[nodiscard]] static WELD_API Result<TcpStream> connect_timeout(const SocketAddr& address,
                                                                    time::Duration timeout) noexcept;
    template <class Rep, class Period>
    [[nodiscard]] static Result<TcpStream> connect_timeout(const SocketAddr& address,
                                                           std::chrono::duration<Rep, Period> timeout) noexcept {
        return connect_timeout(address, time::saturating_cast(timeout));
    }

    /// Reads what has come into the front of `target`, waiting for the first byte, and returns how many. Zero
    /// means that the peer sends no more, unless `target` is empty. recv(2).
    [[nodiscard]] WELD_API Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// As `read`, but the bytes stay and the next read gives them again.
    [[nodiscard]] WELD_API Result<std::size_t> peek(std::span<std::byte> target) const noexcept;

    /// Writes from the front of `source`, waiting for room, and returns how many. send(2).
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// Ends one direction, or both. After `Shutdown::Write` the peer reads to its end; `Shutdown::Read` makes
    /// whoever reads here see the end.
    WELD_API Result<void> shutdown(Shutdown how) const noexcept;

    [[nodiscard]] WELD_API Result<SocketAddr> peer_addr() const noexcept;
    [[nodiscard]] WELD_API Result<SocketAddr> local_addr() const noexcept;

    /// Whether small writes are sent at once instead of waiting for more (TCP_NODELAY). At first they wait.
    WELD_API Result<void> set_nodelay(bool nodelay) const noexcept;
    [[nodiscard]] WELD_API Answer<bool> nodelay() const noexcept;

    /// Whether a silent peer is asked now and then if it is there (SO_KEEPALIVE).
    WELD_API Result<void> set_keepalive(bool keepalive) const noexcept;
    [[nodiscard]] WELD_API Answer<bool> keepalive() const noexcept;

    /// How long one read, or one write, may wait: rounded up to a microsecond, and by the system to its ticks.
    /// `Fault::BadTimeout` for zero or less. All who use the stream share it.
    [[nodiscard]] WELD_API Result<void> set_read_timeout(Timeout timeout) const noexcept;
    [[nodiscard]] WELD_API Result<void> set_write_timeout(Timeout timeout) const noexcept;
    template <class Rep, class Period>
    [[nodiscard]] Result<void> set_read_timeout(std::chrono::duration<Rep, Period> timeout) const noexcept {
        return set_read_timeout(Timeout(time::saturating_cast(timeout)));
    }
    template <class Rep, class Period>
    [[nodiscard]] Result<void> set_write_timeout(std::chrono::duration<Rep, Period> timeout) const noexcept {
        return set_write_timeout(Timeout(time::saturating_cast(timeout)));
    }
    [[nodiscard]] WELD_API Result<Timeout> read_timeout() const noexcept;
    [[nodiscard]] WELD_API Result<Timeout> write_timeout() const noexcept;

    /// Whether calls that would wait are WouldBlock instead.
    [[nodiscard]] WELD_API Result<void> set_nonblocking(bool nonblocking) const noexcept;

    /// The error that waits in the stream, which it then forgets; none if there is none.
    [[nodiscard]] WELD_API Answer<std::optional<Error>> take_error() const noexcept;

    /// Closes the stream. The handle is gone either way.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// The layer below, and the way to it and back.
    [[nodiscard]] const native::Socket& as_native() const noexcept { return native_; }
    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return native_.as_handle(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(native_).into_handle(); }
    [[nodiscard]] static TcpStream from_handle(sys::OwnedHandle handle) noexcept {
        return TcpStream(native::Socket::from_handle(std::move(handle)));
    }

private:
    explicit TcpStream(native::Socket native) noexcept : native_(std::move(native)) {}

    native::Socket native_;
};

}  // namespace weld::net
