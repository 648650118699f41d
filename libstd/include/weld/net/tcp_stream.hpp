// SPDX-License-Identifier: MIT
//
// TcpStream: a TCP connection.
//
// I/O members are const and any thread may call them: one may read while another writes, and `shutdown` wakes both.
// Signals never interrupt a call. Writing to a peer that is gone fails with BrokenPipe or ConnectionReset and never
// raises SIGPIPE, whatever the process's signal disposition. A timeout is always TimedOut; only a non-blocking stream
// returns WouldBlock. The destructor closes the stream, and data already written is still sent.
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
    /// How long a call may wait; without a value it waits without limit.
    using Timeout = std::optional<time::Duration>;

    /// Connects to `address`. ConnectionRefused when no listener is there; `error.at(address)` adds the address to the
    /// message.
    [[nodiscard]] static WELD_API Result<TcpStream> connect(const SocketAddr& address) noexcept;

    /// As `connect`, for at most `timeout`, then TimedOut. `Fault::BadTimeout` when `timeout` is zero or less.
    [[nodiscard]] static WELD_API Result<TcpStream> connect_timeout(const SocketAddr& address,
                                                                    time::Duration timeout) noexcept;
    template <class Rep, class Period>
    [[nodiscard]] static Result<TcpStream> connect_timeout(const SocketAddr& address,
                                                           std::chrono::duration<Rep, Period> timeout) noexcept {
        return connect_timeout(address, time::saturating_cast(timeout));
    }

    /// Waits for the first byte, reads available bytes into the front of `target`, and returns how many. Zero means
    /// that the peer sends no more, unless `target` is empty. recv(2).
    [[nodiscard]] WELD_API Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// As `read`, but the bytes stay in the stream and the next read returns them again.
    [[nodiscard]] WELD_API Result<std::size_t> peek(std::span<std::byte> target) const noexcept;

    /// Waits for room in the send buffer, writes from the front of `source`, and returns how many bytes. send(2).
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// Shuts down one direction or both. `Shutdown::Write` half-closes: the peer reads what was sent, then the end.
    /// `Shutdown::Read` makes readers of this stream see the end.
    WELD_API Result<void> shutdown(Shutdown how) const noexcept;

    [[nodiscard]] WELD_API Result<SocketAddr> peer_addr() const noexcept;
    [[nodiscard]] WELD_API Result<SocketAddr> local_addr() const noexcept;

    /// Sets whether small writes are sent at once instead of waiting for more data (TCP_NODELAY). By default they wait.
    WELD_API Result<void> set_nodelay(bool nodelay) const noexcept;
    [[nodiscard]] WELD_API Answer<bool> nodelay() const noexcept;

    /// Sets whether keepalive probes check now and then that a silent peer is still there (SO_KEEPALIVE).
    WELD_API Result<void> set_keepalive(bool keepalive) const noexcept;
    [[nodiscard]] WELD_API Answer<bool> keepalive() const noexcept;

    /// Sets how long one read, or one write, may wait: rounded up to a microsecond, and by the system to its ticks.
    /// `Fault::BadTimeout` for zero or less. All users of the stream share it.
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

    /// Sets whether calls that would wait fail with WouldBlock instead.
    [[nodiscard]] WELD_API Result<void> set_nonblocking(bool nonblocking) const noexcept;

    /// Returns and clears the pending error of the socket (SO_ERROR); nothing if there is none.
    [[nodiscard]] WELD_API Answer<std::optional<Error>> take_error() const noexcept;

    /// Closes the stream. The handle is closed also after an error.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// Conversions to and from the layer below.
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
