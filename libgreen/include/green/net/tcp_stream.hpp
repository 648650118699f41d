// SPDX-License-Identifier: MIT
//
// TcpStream: a TCP connection of tasks.
//
// As weld::net::TcpStream, but a call that has to wait parks the task instead of blocking the thread. I/O members are
// const and any task may call them: one task may read while another writes, and `shutdown` wakes both. No call raises
// SIGPIPE. The destructor closes the stream, and may run on any thread; data written before is still sent.
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

/// A connection. One that was moved from can only be destroyed or assigned to.
class TcpStream {
public:
    /// How long a call may wait; `std::nullopt` means no timeout.
    using Timeout = std::optional<weld::time::Duration>;

    GREEN_API TcpStream(TcpStream&&) noexcept;
    GREEN_API TcpStream& operator=(TcpStream&&) noexcept;
    GREEN_API ~TcpStream();

    /// Connects to `address`. ConnectionRefused when no listener is there. Parks.
    [[nodiscard]] static GREEN_API weld::Result<TcpStream> connect(const SocketAddr& address) noexcept;

    /// As `connect`, but TimedOut after `timeout`. `Fault::BadTimeout` when `timeout` is zero or less. Parks.
    [[nodiscard]] static GREEN_API weld::Result<TcpStream> connect_timeout(const SocketAddr& address,
                                                                           weld::time::Duration timeout) noexcept;
    template <class Rep, class Period>
    [[nodiscard]] static weld::Result<TcpStream> connect_timeout(const SocketAddr& address,
                                                                 std::chrono::duration<Rep, Period> timeout) noexcept {
        return connect_timeout(address, weld::time::saturating_cast(timeout));
    }

    /// Takes over a native connection. Whether its descriptor is blocking stays as it is, and makes no difference here.
    /// OutOfMemory when there is not enough memory. Allocates: one block.
    [[nodiscard]] static GREEN_API weld::Result<TcpStream> from_native(weld::net::TcpStream stream) noexcept;

    /// Gives the connection back as a native one, which is blocking: for a child process, or native threads. No task
    /// may be waiting for it. Timeouts set here do not apply to the native one. If another worker's loop watches the
    /// stream, the result has a new descriptor: TooManyOpenFiles when the process can have no more, and the stream is
    /// then unchanged.
    [[nodiscard]] GREEN_API weld::Result<weld::net::TcpStream> into_native() && noexcept;

    /// Waits for at least one byte, reads what has come into the front of `target`, and returns how many bytes. Zero
    /// means that the peer sends no more, unless `target` is empty. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// As `read`, but the bytes are not consumed: the next read returns them again. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> peek(std::span<std::byte> target) const noexcept;

    /// Waits for room in the send buffer, writes as much of the front of `source` as fits, and returns how many bytes.
    /// Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// Shuts down one direction (half-close), or both. After `Shutdown::Write` the peer reads end of file once it has
    /// read the rest. After `Shutdown::Read` reads on this side return zero, also those that wait already.
    GREEN_API weld::Result<void> shutdown(Shutdown how) const noexcept;

    [[nodiscard]] GREEN_API weld::Result<SocketAddr> peer_addr() const noexcept;
    [[nodiscard]] GREEN_API weld::Result<SocketAddr> local_addr() const noexcept;

    /// Whether small writes are sent at once instead of being gathered (TCP_NODELAY). False at first.
    GREEN_API weld::Result<void> set_nodelay(bool nodelay) const noexcept;
    [[nodiscard]] GREEN_API weld::Answer<bool> nodelay() const noexcept;

    /// Whether the kernel probes an idle peer (SO_KEEPALIVE).
    GREEN_API weld::Result<void> set_keepalive(bool keepalive) const noexcept;
    [[nodiscard]] GREEN_API weld::Answer<bool> keepalive() const noexcept;

    /// How long one read, or one write, may wait; then it returns TimedOut. `Fault::BadTimeout` for zero or less. All
    /// users of the stream share the timeout. A call that waits already keeps the one that it began with.
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

    /// Takes the stream's pending error (SO_ERROR); none if there is none.
    [[nodiscard]] GREEN_API weld::Answer<std::optional<weld::Error>> take_error() const noexcept;

    /// Closes the stream: at once, or, if another worker's loop watches it, as soon as that loop handles the request.
    /// With SO_LINGER set the close may block its native thread.
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
