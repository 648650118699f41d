// SPDX-License-Identifier: MIT
//
// The fast path is one call, which may wait. When a signal interrupts it and no timeout is set, it is simply retried.
// With a timeout, each retry would restart SO_RCVTIMEO and SO_SNDTIMEO; so after the first signal, poll waits for the
// remaining time, and the call itself does not wait.
#include <weld/native/socket.hpp>

#include "retry.hpp"
#include "socket_addr.hpp"

#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/posix/poll.hpp>
#include <weld/sys/posix/socket.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <limits>

namespace weld::native {

namespace {

using sys::Errno;
using sys::MessageFlags;
using sys::OpenFlags;
using sys::PollEvents;

using TimeoutOption = sys::SocketOption<sys::Timeval>;

constexpr std::int64_t per_second = 1'000'000;  // microseconds

/// Waits until `fd` is ready for `wanted` or has failed; `Errno::Timedout` when `deadline` comes first.
sys::Result<void> wait(sys::BorrowedFd fd, PollEvents wanted, std::optional<Instant> deadline) noexcept {
    sys::PollFd entry{.fd = fd.raw(), .wanted = wanted, .found = PollEvents::None};
    for (;;) {
        std::int32_t milliseconds = -1;
        if (deadline) {
            // Clamped to zero from below: so the subtraction cannot overflow, however far the deadline is.
            const auto left = std::max(*deadline, Instant{}) - Instant(now(Clock::Monotonic));
            const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(left).count();
            constexpr std::int64_t longest = std::numeric_limits<std::int32_t>::max();
            milliseconds = static_cast<std::int32_t>(std::clamp<std::int64_t>(rounded, 0, longest));
        }
        const auto ready = sys::poll(std::span(&entry, 1), milliseconds);
        if (ready && *ready > 0) {
            return {};
        }
        if (!ready && ready.error() != Errno::Intr) {
            return std::unexpected(ready.error());
        }
        if (ready && milliseconds != std::numeric_limits<std::int32_t>::max()) {
            return std::unexpected(Errno::Timedout);
        }
    }
}

sys::Result<Socket::Timeout> get_timeout(sys::BorrowedFd fd, TimeoutOption option) noexcept {
    const sys::Timeval time = WELD_TRY(sys::getsockopt(fd, option));
    if (time.seconds == 0 && time.microseconds == 0) {
        return std::nullopt;
    }
    constexpr std::int64_t longest = std::numeric_limits<std::int64_t>::max() / (per_second * 1000) - 1;
    return std::chrono::seconds(std::min(time.seconds, longest)) + std::chrono::microseconds(time.microseconds);
}

sys::Result<void> set_timeout(sys::BorrowedFd fd, TimeoutOption option, Socket::Timeout timeout) noexcept {
    sys::Timeval time{.seconds = 0, .microseconds = 0};
    if (timeout) {
        if (*timeout <= std::chrono::nanoseconds::zero()) {
            return std::unexpected(Errno::Inval);
        }
        const auto whole = std::chrono::floor<std::chrono::microseconds>(*timeout);
        const std::int64_t count = whole.count() + (whole < *timeout ? 1 : 0);
        time = {.seconds = count / per_second, .microseconds = count % per_second};
    }
    return sys::setsockopt(fd, option, time);
}

/// The deadline of a call that starts now and whose timeout is `option`; nothing without a timeout.
sys::Answer<std::optional<Instant>> deadline_of(sys::BorrowedFd fd, TimeoutOption option) noexcept {
    const Socket::Timeout timeout = WELD_TRY(get_timeout(fd, option));
    if (!timeout) {
        return std::nullopt;
    }
    const Instant start(now(Clock::Monotonic));
    return *timeout > Instant::max() - start ? Instant::max() : start + *timeout;
}

/// The meaning of `error` (EAGAIN, "would have to wait"): on a blocking socket the timeout has expired.
[[gnu::cold]] Errno out_of_time(sys::BorrowedFd fd, Errno error) noexcept {
    const auto flags = sys::fcntl_getfl(fd);
    return flags && !has(*flags, OpenFlags::Nonblock) ? Errno::Timedout : error;
}

/// Continues a call that a signal interrupted. `call(true)` waits by itself, `call(false)` does not.
template <class Call>
[[nodiscard, gnu::cold, gnu::noinline]] auto go_on(sys::BorrowedFd fd, TimeoutOption timeout, PollEvents ready,
                                                   Call call) noexcept -> decltype(call(true)) {
    const auto deadline = WELD_TRY(deadline_of(fd, timeout));
    if (!deadline) {
        return retry([&] { return call(true); });
    }
    for (;;) {
        WELD_TRY(wait(fd, ready, deadline));
        auto result = call(false);
        // Another thread may already have taken what poll reported.
        if (result || (result.error() != Errno::Intr && result.error() != Errno::Again)) {
            return result;
        }
    }
}

/// Makes `call(true)` and completes it within `timeout`, also when signals interrupt it.
template <class Call>
[[nodiscard]] auto complete(sys::BorrowedFd fd, TimeoutOption timeout, PollEvents ready, Call call) noexcept
    -> decltype(call(true)) {
    auto result = call(true);
    if (!result && result.error() == Errno::Intr) [[unlikely]] {
        result = go_on(fd, timeout, ready, call);
    }
    if (!result && result.error() == Errno::Again) [[unlikely]] {
        return std::unexpected(out_of_time(fd, Errno::Again));
    }
    return result;
}

MessageFlags waiting(bool waits) noexcept { return waits ? MessageFlags::None : MessageFlags::DontWait; }

sys::Result<std::size_t> receive(sys::BorrowedFd fd, std::span<std::byte> target, MessageFlags flags) noexcept {
    if (target.empty()) {
        return 0;  // recv(2), unlike read(2), would wait for a byte and then not read it
    }
    return complete(fd, sys::sockopt::receive_timeout, PollEvents::In,
                    [&](bool waits) { return sys::recv(fd, target, flags | waiting(waits)); });
}

/// Waits until a connection attempt has succeeded or failed.
sys::Result<void> finish_connect(const Socket& socket, std::optional<Instant> deadline) noexcept {
    WELD_TRY(wait(socket.as_handle(), PollEvents::Out, deadline));
    const Errno error = WELD_TRY(socket.take_error());
    if (error != Errno{}) {
        return std::unexpected(error);
    }
    return {};
}

sys::Result<void> set(sys::BorrowedFd fd, sys::SocketOption<std::int32_t> option, bool value) noexcept {
    return sys::setsockopt(fd, option, value ? 1 : 0);
}

sys::Answer<bool> get(sys::BorrowedFd fd, sys::SocketOption<std::int32_t> option) noexcept {
    const std::int32_t value = WELD_TRY(sys::getsockopt(fd, option));
    return value != 0;
}

sys::ShutdownHow to_how(Shutdown how) noexcept {
    switch (how) {
        case Shutdown::Read: return sys::ShutdownHow::Read;
        case Shutdown::Write: return sys::ShutdownHow::Write;
        case Shutdown::Both: break;
    }
    return sys::ShutdownHow::Both;
}

}  // namespace

sys::Result<Socket> Socket::open(IpFamily family, const SocketOptions& options) noexcept {
    const auto system = family == IpFamily::V4 ? sys::AddressFamily::Inet : sys::AddressFamily::Inet6;
    const auto mode = options.nonblocking ? sys::SocketFlags::Nonblock : sys::SocketFlags::None;
    return Socket(WELD_TRY(
        sys::socket(system, sys::SocketType::Stream, sys::SocketFlags::CloseOnExec | mode, sys::SocketProtocol::Tcp)));
}

sys::Result<void> Socket::bind(const SocketAddr& address) const noexcept {
    const SystemAddress system = to_system(address);
    return sys::bind(as_handle(), system.storage, system.length);
}

sys::Result<void> Socket::listen(std::uint32_t backlog) const noexcept {
    constexpr std::uint32_t most = std::numeric_limits<std::int32_t>::max();
    return sys::listen(as_handle(), static_cast<std::int32_t>(std::min(backlog, most)));
}

sys::Result<Accepted> Socket::accept() const noexcept {
    sys::SocketAddress storage;
    std::size_t length = 0;
    // accept4(2) always waits: after a signal, a thread that loses a connection to another thread waits once more.
    Socket accepted(WELD_TRY(complete(as_handle(), sys::sockopt::receive_timeout, PollEvents::In, [&](bool) {
        return sys::accept4(as_handle(), storage, length, sys::SocketFlags::CloseOnExec);
    })));
    const SocketAddr peer = WELD_TRY(from_system(storage, length));
    return Accepted{.socket = std::move(accepted), .peer = peer};
}

sys::Result<void> Socket::connect(const SocketAddr& address) const noexcept {
    const SystemAddress system = to_system(address);
    const auto done = sys::connect(as_handle(), system.storage, system.length);
    if (done) [[likely]] {
        return {};
    }
    if (done.error() == Errno::Intr) {
        // The kernel continues to connect; another connect(2) would only return EALREADY.
        return finish_connect(*this, WELD_TRY(deadline_of(as_handle(), sys::sockopt::send_timeout)));
    }
    if (done.error() == Errno::Inprogress) {
        return std::unexpected(out_of_time(as_handle(), Errno::Inprogress));
    }
    return done;
}

sys::Result<void> Socket::connect_until(const SocketAddr& address, Instant deadline) const noexcept {
    const SystemAddress system = to_system(address);
    const OpenFlags before = WELD_TRY(sys::fcntl_getfl(as_handle()));
    WELD_TRY(sys::fcntl_setfl(as_handle(), before | OpenFlags::Nonblock));
    auto done = sys::connect(as_handle(), system.storage, system.length);
    if (!done && (done.error() == Errno::Inprogress || done.error() == Errno::Intr)) {
        done = finish_connect(*this, deadline);
    }
    WELD_TRY(sys::fcntl_setfl(as_handle(), before));
    return done;
}

sys::Result<std::size_t> Socket::read(std::span<std::byte> target) const noexcept {
    return receive(as_handle(), target, MessageFlags::None);
}

sys::Result<std::size_t> Socket::peek(std::span<std::byte> target) const noexcept {
    return receive(as_handle(), target, MessageFlags::Peek);
}

sys::Result<std::size_t> Socket::write(std::span<const std::byte> source) const noexcept {
    return complete(as_handle(), sys::sockopt::send_timeout, PollEvents::Out, [&](bool waits) {
        return sys::send(as_handle(), source, MessageFlags::NoSignal | waiting(waits));
    });
}

sys::Result<std::size_t> Socket::try_read(std::span<std::byte> target) const noexcept {
    if (target.empty()) {
        return 0;
    }
    return retry([&] { return sys::recv(as_handle(), target, MessageFlags::DontWait); });
}

sys::Result<std::size_t> Socket::try_peek(std::span<std::byte> target) const noexcept {
    if (target.empty()) {
        return 0;
    }
    return retry([&] { return sys::recv(as_handle(), target, MessageFlags::DontWait | MessageFlags::Peek); });
}

sys::Result<std::size_t> Socket::try_write(std::span<const std::byte> source) const noexcept {
    return retry([&] { return sys::send(as_handle(), source, MessageFlags::NoSignal | MessageFlags::DontWait); });
}

sys::Result<void> Socket::shutdown(Shutdown how) const noexcept { return sys::shutdown(as_handle(), to_how(how)); }

sys::Result<SocketAddr> Socket::local_addr() const noexcept {
    sys::SocketAddress storage;
    const std::size_t length = WELD_TRY(sys::getsockname(as_handle(), storage));
    return from_system(storage, length);
}

sys::Result<SocketAddr> Socket::peer_addr() const noexcept {
    sys::SocketAddress storage;
    const std::size_t length = WELD_TRY(sys::getpeername(as_handle(), storage));
    return from_system(storage, length);
}

sys::Result<sys::Errno> Socket::take_error() const noexcept {
    const std::int32_t number = WELD_TRY(sys::getsockopt(as_handle(), sys::sockopt::error));
    return static_cast<Errno>(number);
}

sys::Result<void> Socket::set_nonblocking(bool nonblocking) const noexcept {
    const OpenFlags before = WELD_TRY(sys::fcntl_getfl(as_handle()));
    const auto others = static_cast<OpenFlags>(std::to_underlying(before) & ~std::to_underlying(OpenFlags::Nonblock));
    return sys::fcntl_setfl(as_handle(), nonblocking ? others | OpenFlags::Nonblock : others);
}

sys::Result<void> Socket::set_nodelay(bool nodelay) const noexcept {
    return set(as_handle(), sys::sockopt::tcp_nodelay, nodelay);
}

sys::Answer<bool> Socket::nodelay() const noexcept { return get(as_handle(), sys::sockopt::tcp_nodelay); }

sys::Result<void> Socket::set_keepalive(bool keepalive) const noexcept {
    return set(as_handle(), sys::sockopt::keepalive, keepalive);
}

sys::Answer<bool> Socket::keepalive() const noexcept { return get(as_handle(), sys::sockopt::keepalive); }

sys::Result<void> Socket::set_reuse_addr(bool reuse) const noexcept {
    return set(as_handle(), sys::sockopt::reuse_addr, reuse);
}

sys::Answer<bool> Socket::reuse_addr() const noexcept { return get(as_handle(), sys::sockopt::reuse_addr); }

sys::Result<void> Socket::set_reuse_port(bool reuse) const noexcept {
    return set(as_handle(), sys::sockopt::reuse_port, reuse);
}

sys::Answer<bool> Socket::reuse_port() const noexcept { return get(as_handle(), sys::sockopt::reuse_port); }

sys::Result<void> Socket::set_v6only(bool v6only) const noexcept {
    return set(as_handle(), sys::sockopt::ipv6_v6only, v6only);
}

sys::Answer<bool> Socket::v6only() const noexcept { return get(as_handle(), sys::sockopt::ipv6_v6only); }

sys::Result<void> Socket::set_read_timeout(Timeout timeout) const noexcept {
    return set_timeout(as_handle(), sys::sockopt::receive_timeout, timeout);
}

sys::Result<void> Socket::set_write_timeout(Timeout timeout) const noexcept {
    return set_timeout(as_handle(), sys::sockopt::send_timeout, timeout);
}

sys::Result<Socket::Timeout> Socket::read_timeout() const noexcept {
    return get_timeout(as_handle(), sys::sockopt::receive_timeout);
}

sys::Result<Socket::Timeout> Socket::write_timeout() const noexcept {
    return get_timeout(as_handle(), sys::sockopt::send_timeout);
}

}  // namespace weld::native
