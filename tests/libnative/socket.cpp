// SPDX-License-Identifier: MIT
//
// native::Socket: addresses, options, timeouts and error numbers. What signals do to a call with a
// timeout is tested here; the tests of libstd cover streams and listeners.
#include <support/interruptions.hpp>
#include <support/words.hpp>

#include <weld/native/socket.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace native = weld::native;
namespace sys = weld::sys;
using namespace std::chrono_literals;
using native::IpFamily;
using native::Socket;
using native::SocketAddr;
using sys::Errno;
using test::bytes;
using test::errno_of;
using test::must;
using test::text;

static_assert(sizeof(SocketAddr) == 28);
static_assert(sizeof(Socket) == sizeof(int) && std::is_nothrow_move_constructible_v<Socket>);

namespace {

using Nanoseconds = std::chrono::nanoseconds;

constexpr SocketAddr loopback{.ip = {127, 0, 0, 1}};
constexpr SocketAddr loopback_ipv6{.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, .family = IpFamily::V6};

Socket listening(const SocketAddr& address = loopback, std::uint32_t backlog = 16) {
    auto socket = must(Socket::open(address.family));
    must(socket.bind(address));
    must(socket.listen(backlog));
    return socket;
}

struct Connected {
    explicit Connected(const SocketAddr& address = loopback) : listener(listening(address)) {
        must(client.connect(must(listener.local_addr())));
        server = must(listener.accept());
    }

    Socket listener;
    Socket client = must(Socket::open(must(listener.local_addr()).family));
    std::optional<native::Accepted> server{};
};

native::Instant now() { return native::Instant(native::now(native::Clock::Monotonic)); }

bool is_blocking(const Socket& socket) { return (::fcntl(socket.as_handle().raw(), F_GETFL) & O_NONBLOCK) == 0; }

bool is_inherited(const Socket& socket) { return ::fcntl(socket.as_handle().raw(), F_GETFD) != FD_CLOEXEC; }

/// Connects to `listener` until its backlog is full.
std::vector<Socket> crowd(const Socket& listener) {
    std::vector<Socket> waiting;
    for (int tries = 0; tries < 16; ++tries) {
        auto socket = must(Socket::open(IpFamily::V4));
        if (!socket.connect_until(must(listener.local_addr()), now() + 100ms)) {
            return waiting;
        }
        waiting.push_back(std::move(socket));
    }
    FAIL("the listener's backlog never fills up");
    return waiting;
}

}  // namespace

TEST_CASE("an address converted to the system's format and back is the same") {
    for (const SocketAddr& address : {loopback, loopback_ipv6}) {
        const auto opened = Socket::open(address.family);
        if (!opened || !opened->bind(address)) {
            WARN("no IPv6 here: skipped");
            continue;
        }
        const SocketAddr bound = must(opened->local_addr());
        CHECK(bound.ip == address.ip);
        CHECK(bound.family == address.family);
        CHECK(bound.port != 0);
        SocketAddr same = address;
        same.port = bound.port;
        CHECK(same == bound);

        const Connected connected(address);
        CHECK(must(connected.client.peer_addr()) == must(connected.listener.local_addr()));
        CHECK(must(connected.client.local_addr()) == connected.server->peer);
        CHECK(must(connected.server->socket.peer_addr()) == connected.server->peer);
    }
}

TEST_CASE("bytes pass through a connection, and both ends are close-on-exec") {
    const Connected connected;
    std::array<std::byte, 16> buffer{};
    CHECK(must(connected.client.write(bytes("ping"))) == 4);
    CHECK(text(buffer, must(connected.server->socket.peek(buffer))) == "ping");
    CHECK(text(buffer, must(connected.server->socket.read(buffer))) == "ping");
    CHECK(must(connected.server->socket.read({})) == 0);
    must(connected.client.shutdown(native::Shutdown::Write));
    CHECK(must(connected.server->socket.read(buffer)) == 0);
    CHECK_FALSE(is_inherited(connected.listener));
    CHECK_FALSE(is_inherited(connected.client));
    CHECK_FALSE(is_inherited(connected.server->socket));
    CHECK_FALSE(is_inherited(must(Socket::open(IpFamily::V4, {.nonblocking = true}))));
}

TEST_CASE("a boolean option has the value that was set last") {
    const auto socket = must(Socket::open(IpFamily::V4));
    const auto flips = [&](auto set, auto get) {
        for (const bool value : {true, false, true}) {
            must((socket.*set)(value));
            CHECK(must((socket.*get)()) == value);
        }
    };
    flips(&Socket::set_nodelay, &Socket::nodelay);
    flips(&Socket::set_keepalive, &Socket::keepalive);
    flips(&Socket::set_reuse_addr, &Socket::reuse_addr);
    flips(&Socket::set_reuse_port, &Socket::reuse_port);
    CHECK_FALSE(socket.set_v6only(true));
    if (const auto inet6 = Socket::open(IpFamily::V6)) {
        must(inet6->set_v6only(true));
        CHECK(must(inet6->v6only()));
        must(inet6->set_v6only(false));
        CHECK_FALSE(must(inet6->v6only()));
    }
}

TEST_CASE("a timeout is rounded up, and zero is Inval", "[promise:2.20]") {
    const auto socket = must(Socket::open(IpFamily::V4));
    const auto check = [&](auto set, auto get) {
        CHECK_FALSE(must((socket.*get)()).has_value());
        must((socket.*set)(Nanoseconds(5s)));
        CHECK(must((socket.*get)()) == Nanoseconds(5s));
        for (const Nanoseconds wrong : {0ns, -1ns, Nanoseconds(-5s), Nanoseconds::min()}) {
            CHECK(errno_of((socket.*set)(wrong)) == Errno::Inval);
        }
        CHECK(must((socket.*get)()) == Nanoseconds(5s));
        for (const Nanoseconds small : {1ns, 999ns, 1000ns, 1001ns}) {
            must((socket.*set)(small));
            const auto found = must((socket.*get)());
            REQUIRE(found.has_value());
            CHECK(*found >= small);
            CHECK(*found <= 50ms);  // one tick of the slowest kernel, and more
        }
        must((socket.*set)(Nanoseconds::max()));
        const auto huge = must((socket.*get)());
        CHECK((!huge || *huge > 24h * 365 * 100));
        must((socket.*set)(std::nullopt));
        CHECK_FALSE(must((socket.*get)()).has_value());
    };
    check(&Socket::set_read_timeout, &Socket::read_timeout);
    check(&Socket::set_write_timeout, &Socket::write_timeout);
}

TEST_CASE("an expired timeout gives Timedout, and a non-blocking socket Again", "[promise:2.20]") {
    const Connected connected;
    const Socket& client = connected.client;
    std::array<std::byte, 4> buffer{};
    must(client.set_read_timeout(Nanoseconds(20ms)));
    must(connected.listener.set_read_timeout(Nanoseconds(20ms)));
    CHECK(errno_of(client.read(buffer)) == Errno::Timedout);
    CHECK(errno_of(client.peek(buffer)) == Errno::Timedout);
    CHECK(errno_of(connected.listener.accept()) == Errno::Timedout);
    must(client.set_nonblocking(true));
    CHECK_FALSE(is_blocking(client));
    CHECK(errno_of(client.read(buffer)) == Errno::Again);
    must(connected.listener.set_nonblocking(true));
    CHECK(errno_of(connected.listener.accept()) == Errno::Again);
    must(client.set_nonblocking(false));
    CHECK(is_blocking(client));
    CHECK(errno_of(client.read(buffer)) == Errno::Timedout);

    must(client.set_write_timeout(Nanoseconds(20ms)));
    const std::vector<std::byte> much(1 << 20);
    const auto write_until_full = [&] {
        sys::Result<std::size_t> written = 0;
        for (int tries = 0; tries < 1000 && written; ++tries) {
            written = client.write(much);
        }
        return written;
    };
    CHECK(errno_of(write_until_full()) == Errno::Timedout);
    must(client.set_nonblocking(true));
    CHECK(errno_of(write_until_full()) == Errno::Again);
}

TEST_CASE("the try functions never wait, on any socket and with any timeout") {
    const Connected connected;
    const Socket& client = connected.client;
    const Socket& server = connected.server->socket;
    std::array<std::byte, 16> buffer{};
    must(server.set_read_timeout(Nanoseconds(1h)));
    must(client.set_write_timeout(Nanoseconds(1h)));
    CHECK(is_blocking(server));
    CHECK(errno_of(server.try_read(buffer)) == Errno::Again);
    CHECK(errno_of(server.try_peek(buffer)) == Errno::Again);
    CHECK(must(server.try_read({})) == 0);
    CHECK(must(server.try_peek({})) == 0);

    CHECK(must(client.try_write(bytes("ping"))) == 4);
    CHECK(must(client.try_write({})) == 0);
    for (int times = 0; times < 2; ++times) {
        CHECK(text(buffer, must(server.try_peek(buffer))) == "ping");
    }
    CHECK(text(buffer, must(server.try_read(std::span(buffer).first(3)))) == "pin");
    CHECK(text(buffer, must(server.try_read(buffer))) == "g");
    CHECK(errno_of(server.try_read(buffer)) == Errno::Again);

    const std::vector<std::byte> much(1 << 20);
    sys::Result<std::size_t> written = 0;
    std::size_t total = 0;
    for (int tries = 0; tries < 1000 && written; ++tries) {
        written = client.try_write(much);
        total += written.value_or(0);
    }
    CHECK(errno_of(written) == Errno::Again);
    CHECK(total > 0);
    CHECK(is_blocking(client));

    must(client.shutdown(native::Shutdown::Write));
    CHECK(errno_of(client.try_write(bytes("x"))) == Errno::Pipe);
    std::vector<std::byte> all(1 << 20);
    for (std::size_t received = 0; received < total;) {
        received += must(server.read(all));
    }
    CHECK(must(server.try_peek(buffer)) == 0);
    CHECK(must(server.try_read(buffer)) == 0);
}

TEST_CASE("connect_until ends in time and restores the mode of the socket") {
    const Socket listener = listening(loopback, 0);
    const auto waiting = crowd(listener);
    for (const bool nonblocking : {false, true}) {
        const auto socket = must(Socket::open(IpFamily::V4, {.nonblocking = nonblocking}));
        const auto start = now();
        CHECK(errno_of(socket.connect_until(must(listener.local_addr()), start + 50ms)) == Errno::Timedout);
        CHECK(now() - start >= 50ms);
        CHECK(is_blocking(socket) != nonblocking);
        const auto again = must(Socket::open(IpFamily::V4));
        CHECK(errno_of(again.connect_until(must(listener.local_addr()), native::Instant::min())) == Errno::Timedout);
    }
    const Socket free = listening();
    for (const native::Instant deadline : {now() + 10s, native::Instant::max()}) {
        const auto socket = must(Socket::open(IpFamily::V4));
        must(socket.connect_until(must(free.local_addr()), deadline));
        CHECK(is_blocking(socket));
        CHECK(must(socket.peer_addr()) == must(free.local_addr()));
    }
}

TEST_CASE("the write timeout ends a connect, and a non-blocking connect returns Inprogress") {
    const Socket listener = listening(loopback, 0);
    const auto waiting = crowd(listener);
    const auto timed = must(Socket::open(IpFamily::V4));
    must(timed.set_write_timeout(Nanoseconds(30ms)));
    CHECK(errno_of(timed.connect(must(listener.local_addr()))) == Errno::Timedout);
    const auto nonblocking = must(Socket::open(IpFamily::V4, {.nonblocking = true}));
    CHECK(errno_of(nonblocking.connect(must(listener.local_addr()))) == Errno::Inprogress);
}

TEST_CASE("signals cannot prolong a call with a timeout without limit") {
    const Connected connected;
    const Socket crowded = listening(loopback, 0);
    const auto waiting = crowd(crowded);
    const auto timed = must(Socket::open(IpFamily::V4));
    for (const Socket* socket : {&connected.client, &connected.listener, &timed}) {
        must(socket->set_read_timeout(Nanoseconds(100ms)));
        must(socket->set_write_timeout(Nanoseconds(100ms)));
    }
    const std::vector<std::byte> much(1 << 20);
    std::array<std::byte, 4> buffer{};
    std::array<Nanoseconds, 5> times{};
    std::array<Errno, 5> errors{};
    const auto measure = [&](std::size_t place, auto call) {
        const auto start = now();
        const auto result = call();
        times.at(place) = now() - start;
        errors.at(place) = result ? Errno{} : result.error();
    };
    const SocketAddr address = must(crowded.local_addr());
    int counted = 0;
    {
        const test::Interruptions interruptions;
        measure(0, [&] { return connected.client.read(buffer); });
        measure(1, [&] { return connected.listener.accept(); });
        measure(2, [&] { return timed.connect(address); });
        for (int tries = 0; tries < 100 && errors[3] == Errno{}; ++tries) {
            measure(3, [&] { return connected.client.write(much); });
        }
        const auto late = Socket::open(IpFamily::V4);
        measure(4, [&] { return late->connect_until(address, now() + 100ms); });
        counted = test::signals;
    }
    CHECK(counted > 50);
    for (std::size_t place = 0; place < times.size(); ++place) {
        INFO(place << " after " << times.at(place).count() << " ns");
        CHECK(errors.at(place) == Errno::Timedout);
        CHECK(times.at(place) >= 95ms);
        CHECK(times.at(place) < 5s);
    }
}

TEST_CASE("take_error returns a pending error once") {
    const auto socket = must(Socket::open(IpFamily::V4, {.nonblocking = true}));
    CHECK(must(socket.take_error()) == Errno{});
    SocketAddr nobody{};
    {
        const Socket listener = listening();
        nobody = must(listener.local_addr());
    }
    const auto refused = socket.connect(nobody);
    if (refused.error() == Errno::Inprogress) {
        Errno error{};
        CHECK(test::eventually([&] { return (error = must(socket.take_error())) != Errno{}; }));
        CHECK(error == Errno::Connrefused);
    } else {
        CHECK(refused.error() == Errno::Connrefused);
    }
    CHECK(must(socket.take_error()) == Errno{});
}

TEST_CASE("a failure has the system's error number") {
    const auto socket = must(Socket::open(IpFamily::V4));
    std::array<std::byte, 4> buffer{};
    CHECK(errno_of(socket.read(buffer)) == Errno::Notconn);
    CHECK(errno_of(socket.write(buffer)) == Errno::Pipe);
    CHECK(errno_of(socket.peer_addr()) == Errno::Notconn);
    CHECK(errno_of(socket.shutdown(native::Shutdown::Both)) == Errno::Notconn);
    CHECK(errno_of(socket.accept()) == Errno::Inval);
    CHECK(errno_of(socket.bind({.ip = {1, 1, 1, 1}})) == Errno::Addrnotavail);
    CHECK(errno_of(socket.bind(loopback_ipv6)) == Errno::Afnosupport);
    const Socket listener = listening();
    CHECK(errno_of(must(Socket::open(IpFamily::V4)).bind(must(listener.local_addr()))) == Errno::Addrinuse);
    must(listener.listen(0xffffffff));

    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    const Socket left = Socket::from_handle(sys::OwnedHandle(ends[0]));
    const Socket right = Socket::from_handle(sys::OwnedHandle(ends[1]));
    CHECK(errno_of(left.local_addr()) == Errno::Afnosupport);
    CHECK(must(left.write(bytes("x"))) == 1);
}

TEST_CASE("a socket is closed once, and into_handle and from_handle move its handle") {
    Socket socket = must(Socket::open(IpFamily::V4));
    const int fd = socket.as_handle().raw();
    Socket again = Socket::from_handle(std::move(socket).into_handle());
    CHECK(again.as_handle().raw() == fd);
    CHECK(std::move(again).close());
    CHECK(::fcntl(fd, F_GETFD) == -1);
    CHECK(errno_of(std::move(again).close()) == Errno::Badf);
}
