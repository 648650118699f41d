// SPDX-License-Identifier: MIT
//
// TcpStream: a TCP connection of tasks.
//
// As weld::net::TcpStream, but what would wait parks the task. I/O members are const and any task may call them: one
// may read while another writes, and `shutdown` wakes both. No call raises a signal. The destructor closes,
// from anywhere, and what was written still travels.
#pragma once

#include <green/api.hpp>

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/net.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace green {

class Pollable;

}  // namespace green

namespace green::net {

using weld::net::IpAddr;
using weld::net::IpFamily;
using weld::net::Ipv4Addr;
using weld::net::Ipv6Addr;
using weld::net::Shutdown;
using weld::net::SocketAddr;

class TcpStream {
public:
    /// How long a call may wait; nothing for without end.
    using Timeout = std::optional<weld::time::Duration>;

    GREEN_API TcpStream(TcpStream&&) noexcept;
    GREEN_API TcpStream& operator=(TcpStream&&) noexcept;
    GREEN_API ~TcpStream();

    /// Connects to `address`. ConnectionRefused when nobody listens there. Parks.
    [[nodiscard]] static GREEN_API weld::Result<TcpStream> connect(const SocketAddr& address) noexcept;

    /// As `connect`, within `timeout`, TimedOut afterwards. `Fault::BadTimeout` when that is zero or less. Parks.
    [[nodiscard]] static GREEN_API weld::Result<TcpStream> connect_timeout(const SocketAddr& address,
                                                                           weld::time::Duration timeout) noexcept;
    template <class Rep, class Period>
    [[nodiscard]] static weld::Result<TcpStream> connect_timeout(const SocketAddr& address,
                                                                 std::chrono::duration<Rep, Period> timeout) noexcept {
        return connect_timeout(address, weld::time::saturating_cast(timeout));
    }

    /// Takes over a connection that was made natively; whether its descriptor blocks stays as it is, and changes
    /// nothing here. OutOfMemory without the memory. Allocates: one block.
    [[nodiscard]] static GREEN_API weld::Result<TcpStream> from_native(weld::net::TcpStream stream) noexcept;

    /// Gives the connection back as a native one, which is blocking: for a child process, or native threads. No task
    /// waits for it, and the times set here are not those of the native one. Where another worker's loop watches it, it
    /// has another descriptor, and TooManyOpenFiles when the process can have no more; the stream stays as it was then.
    [[nodiscard]] GREEN_API weld::Result<weld::net::TcpStream> into_native() && noexcept;

    /// Reads what has come into the front of `target`, waiting for the first byte, and returns how many. Zero
    /// means that the peer sends no more, unless `target` is empty. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// As `read`, but the bytes stay and the next read gives them again. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> peek(std::span<std::byte> target) const noexcept;

    /// Writes from the front of `source`, waiting for room, and returns how many: what there was room for. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// Ends one direction, or both. After `Shutdown::Write` the peer reads to its end; `Shutdown::Read` makes
    /// whoever reads here see the end.
    GREEN_API weld::Result<void> shutdown(Shutdown how) const noexcept;

    [[nodiscard]] GREEN_API weld::Result<SocketAddr> peer_addr() const noexcept;
    [[nodiscard]] GREEN_API weld::Result<SocketAddr> local_addr() const noexcept;

    /// Whether small writes are sent at once instead of waiting for more (TCP_NODELAY). At first they wait.
    GREEN_API weld::Result<void> set_nodelay(bool nodelay) const noexcept;
    [[nodiscard]] GREEN_API weld::Answer<bool> nodelay() const noexcept;

    /// Whether a silent peer is asked now and then if it is there (SO_KEEPALIVE).
    GREEN_API weld::Result<void> set_keepalive(bool keepalive) const noexcept;
    [[nodiscard]] GREEN_API weld::Answer<bool> keepalive() const noexcept;

    /// How long one read, or one write, may wait. `Fault::BadTimeout` for zero or less. All who use the stream
    /// share it; a call that waits already keeps what it had.
    [[nodiscard]] GREEN_API weld::Result<void> set_read_timeout(Timeout timeout) const noexcept;
    [[nodiscard]] GREEN_API weld::Result<void> set_write_timeout(Timeout timeout) const noexcept;
    template <class Rep, class Period>
    [[nodiscard]] weld::Result<void> set_read_timeout(std::chrono::duration<Rep, Period> timeout) const noexcept {
        return set_read_timeout(Timeout(weld::time::saturating_cast(timeout)));
    }
    template <class Rep, class Period>
    [[nodiscard]] weld::Result<void> set_write_timeout(std::chrono::duration<Rep, Period> timeout) const noexcept {
        return set_write_timeout(Timeout(weld::time::saturating_cast(timeout)));
    }
    [[nodiscard]] GREEN_API weld::Result<Timeout> read_timeout() const noexcept;
    [[nodiscard]] GREEN_API weld::Result<Timeout> write_timeout() const noexcept;

    /// The error that waits in the stream, which it then forgets; none if there is none.
    [[nodiscard]] GREEN_API weld::Answer<std::optional<weld::Error>> take_error() const noexcept;

    /// Closes the stream: at once, or where another worker's loop watches it, as soon as that comes to it. Waits
    /// natively where SO_LINGER says so.
    [[nodiscard]] GREEN_API weld::Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    [[nodiscard]] GREEN_API weld::sys::BorrowedHandle as_handle() const noexcept;

private:
    class Connection;
    struct End {
        GREEN_API void operator()(Connection* connection) const noexcept;
    };
    explicit TcpStream(Connection* connection) noexcept;
    [[nodiscard]] static weld::Result<TcpStream> connect_until(const SocketAddr& address,
                                                               weld::time::Instant deadline) noexcept;

    std::unique_ptr<Connection, End> connection_;
};

}  // namespace green::net
