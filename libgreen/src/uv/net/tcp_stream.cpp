// SPDX-License-Identifier: MIT
//
// A call is tried first and waits only when it must, with one exception: a read that came back short has drained the
// socket, so the next read makes no useless call but parks at once, if the loop watches.
#include <green/net/tcp_stream.hpp>

#include "../pollable.hpp"

#include <weld/native/socket.hpp>

#include <limits>
#include <new>
#include <utility>

namespace green::net {

using weld::Answer;
using weld::Error;
using weld::Result;
using weld::sys::Errno;
using weld::time::Duration;
using Direction = Pollable::Direction;

namespace {

constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();

Instant deadline_of(std::int64_t timeout) noexcept {
    return timeout == for_ever ? Instant::max() : weld::time::deadline_after(Duration(timeout));
}

}  // namespace

class TcpStream::Connection final : public Source<weld::net::TcpStream> {
public:
    using Source::Source;

    [[nodiscard]] const weld::native::Socket& socket() const noexcept { return object.as_native(); }

    /// Calls `attempt()`, and again whenever `direction` may be ready, until it need not wait.
    template <class Attempt>
    [[nodiscard]] Result<std::size_t> complete(Direction direction, const std::atomic<std::int64_t>& timeout,
                                               const char* operation, bool waits_first, Attempt attempt) noexcept {
        Instant deadline = Instant::max();
        for (bool first = true;; first = false) {
            if (!first || !waits_first) {
                const auto count = attempt();
                if (count) [[likely]] {
                    calls_.count(first);
                    return *count;
                }
                if (count.error() != Errno::Again) {
                    return std::unexpected(Error(operation, count.error()));
                }
            }
            if (first) {
                deadline = deadline_of(timeout.load(std::memory_order_relaxed));
            }
            const auto ready = wait(direction, deadline, operation);
            if (!ready) {
                return std::unexpected(ready.error());
            }
            if (!*ready) {
                // The bytes may have come in time all the same: the worker was late to look.
                const auto last = attempt();
                if (last) {
                    return *last;
                }
                return std::unexpected(Error(operation, last.error() == Errno::Again ? Errno::Timedout : last.error()));
            }
        }
    }

    std::atomic<std::int64_t> read_timeout{for_ever};  // nanoseconds
    std::atomic<std::int64_t> write_timeout{for_ever};
    std::atomic<bool> drained{false};  // the last read drained the socket

private:
    Unwaited calls_;
};

// ---- its life -----------------------------------------------------------------------------------------

TcpStream::TcpStream(Connection* connection) noexcept : connection_(connection) {}
TcpStream::TcpStream(TcpStream&&) noexcept = default;
TcpStream& TcpStream::operator=(TcpStream&&) noexcept = default;
TcpStream::~TcpStream() = default;

void TcpStream::End::operator()(Connection* connection) const noexcept { connection->retire(); }

Result<TcpStream> TcpStream::from_native(weld::net::TcpStream stream) noexcept {
    auto* connection = new (std::nothrow) Connection(std::move(stream));
    if (connection == nullptr) {
        return std::unexpected(Error("from_native", weld::Fault::OutOfMemory));
    }
    return TcpStream(connection);
}

Result<weld::net::TcpStream> TcpStream::into_native() && noexcept {
    if (const auto done = connection_->object.set_nonblocking(false); !done) {
        return std::unexpected(done.error());
    }
    auto handle = connection_->give_back();
    if (!handle) {
        return std::unexpected(Error("into_native", handle.error()));
    }
    (void)connection_.release();
    return weld::net::TcpStream::from_handle(*std::move(handle));
}

Result<TcpStream> TcpStream::connect(const SocketAddr& address) noexcept {
    return connect_until(address, Instant::max());
}

Result<TcpStream> TcpStream::connect_timeout(const SocketAddr& address, Duration timeout) noexcept {
    if (timeout <= Duration::zero()) {
        return std::unexpected(Error("connect", weld::Fault::BadTimeout));
    }
    return connect_until(address, weld::time::deadline_after(timeout));
}

Result<TcpStream> TcpStream::connect_until(const SocketAddr& address, weld::time::Instant deadline) noexcept {
    auto socket = weld::native::Socket::open(address.as_native().family, {.nonblocking = true});
    if (!socket) {
        return std::unexpected(Error("connect", socket.error()));
    }
    const auto begun = socket->connect(address.as_native());
    if (!begun && begun.error() != Errno::Inprogress) {
        return std::unexpected(Error("connect", begun.error()));
    }
    if (begun) {
        if (const auto done = socket->set_nonblocking(false); !done) {
            return std::unexpected(Error("connect", done.error()));
        }
    }
    auto stream = from_native(weld::net::TcpStream::from_handle(std::move(*socket).into_handle()));
    if (!stream || begun) {
        return stream;
    }
    const Connection& connection = *stream->connection_;
    for (;;) {
        const auto ready = stream->connection_->wait(Direction::Write, deadline, "connect");
        if (!ready) {
            return std::unexpected(ready.error());
        }
        const auto failure = connection.socket().take_error();
        if (!failure || *failure != Errno{}) {
            return std::unexpected(Error("connect", failure ? *failure : failure.error()));
        }
        if (connection.object.peer_addr()) {
            if (const auto done = connection.object.set_nonblocking(false); !done) {
                return std::unexpected(done.error());
            }
            return stream;
        }
        // Not connected yet: the wait ended at the deadline, or early, as when its worker was removed.
        if (!*ready) {
            return std::unexpected(Error("connect", Errno::Timedout));
        }
    }
}

Result<void> TcpStream::close() && noexcept {
    connection_.reset();
    return {};
}

// ---- bytes --------------------------------------------------------------------------------------------

Result<std::size_t> TcpStream::read(std::span<std::byte> target) const noexcept {
    if (target.empty()) {
        return 0;  // recv(2), unlike read(2), would wait for a byte that it does not take
    }
    Connection& self = *connection_;
    const bool waits_first = self.drained.load(std::memory_order_relaxed) && self.is_watched(Direction::Read);
    return self.complete(Direction::Read, self.read_timeout, "read", waits_first, [&] {
        const auto count = self.socket().try_read(target);
        self.drained.store(count && *count < target.size(), std::memory_order_relaxed);
        return count;
    });
}

Result<std::size_t> TcpStream::peek(std::span<std::byte> target) const noexcept {
    if (target.empty()) {
        return 0;
    }
    Connection& self = *connection_;
    return self.complete(Direction::Read, self.read_timeout, "peek", false,
                         [&] { return self.socket().try_peek(target); });
}

Result<std::size_t> TcpStream::write(std::span<const std::byte> source) const noexcept {
    Connection& self = *connection_;
    return self.complete(Direction::Write, self.write_timeout, "write", false,
                         [&] { return self.socket().try_write(source); });
}

// ---- as in the native stream ----------------------------------------------------------------------------

Result<void> TcpStream::shutdown(Shutdown how) const noexcept { return connection_->object.shutdown(how); }
Result<SocketAddr> TcpStream::peer_addr() const noexcept { return connection_->object.peer_addr(); }
Result<SocketAddr> TcpStream::local_addr() const noexcept { return connection_->object.local_addr(); }
Result<void> TcpStream::set_nodelay(bool nodelay) const noexcept { return connection_->object.set_nodelay(nodelay); }
Answer<bool> TcpStream::nodelay() const noexcept { return connection_->object.nodelay(); }
Result<void> TcpStream::set_keepalive(bool keepalive) const noexcept {
    return connection_->object.set_keepalive(keepalive);
}
Answer<bool> TcpStream::keepalive() const noexcept { return connection_->object.keepalive(); }
Answer<std::optional<Error>> TcpStream::take_error() const noexcept { return connection_->object.take_error(); }
weld::sys::BorrowedHandle TcpStream::as_handle() const noexcept { return connection_->object.as_handle(); }

// ---- timeouts -------------------------------------------------------------------------------------------

namespace {

Result<void> set_timeout(std::atomic<std::int64_t>& kept, TcpStream::Timeout timeout, const char* operation) noexcept {
    if (timeout && *timeout <= Duration::zero()) {
        return std::unexpected(Error(operation, weld::Fault::BadTimeout));
    }
    kept.store(timeout ? timeout->count() : for_ever, std::memory_order_relaxed);
    return {};
}

TcpStream::Timeout get_timeout(const std::atomic<std::int64_t>& kept) noexcept {
    const std::int64_t count = kept.load(std::memory_order_relaxed);
    return count == for_ever ? TcpStream::Timeout() : Duration(count);
}

}  // namespace

Result<void> TcpStream::set_read_timeout(Timeout timeout) const noexcept {
    return set_timeout(connection_->read_timeout, timeout, "set_read_timeout");
}

Result<void> TcpStream::set_write_timeout(Timeout timeout) const noexcept {
    return set_timeout(connection_->write_timeout, timeout, "set_write_timeout");
}

Result<TcpStream::Timeout> TcpStream::read_timeout() const noexcept { return get_timeout(connection_->read_timeout); }
Result<TcpStream::Timeout> TcpStream::write_timeout() const noexcept { return get_timeout(connection_->write_timeout); }

}  // namespace green::net
