// SPDX-License-Identifier: MIT
//
// TcpListener: binding, accepting, many connections, and errors.
#include <support/model.hpp>
#include <support/net.hpp>
#include <support/words.hpp>

#include <array>
#include <atomic>
#include <type_traits>
#include <vector>

namespace net = rt::net;
namespace os = rt::os;
using net::Ipv4Addr;
using net::Ipv6Addr;
using net::SocketAddr;
using net::TcpListener;
using net::TcpStream;
using rt::Kind;
using test::kind_of;
using test::loopback;
using test::must;

static_assert(!std::is_copy_constructible_v<TcpListener> && std::is_nothrow_move_constructible_v<TcpListener>);

namespace {

int option(const TcpListener& listener, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    REQUIRE(::getsockopt(os::fd(listener), level, name, &value, &size) == 0);
    return value;
}

/// Sends one byte, `value`, to a listener at `address`.
bool send_byte(const SocketAddr& address, int value) {
    const auto stream = TcpStream::connect(address);
    const std::array<std::byte, 1> byte{static_cast<std::byte>(value)};
    return stream && rt::write_all(*stream, byte);
}

int receive_byte(const TcpStream& stream) {
    std::array<std::byte, 1> byte{};
    return rt::read_exact(stream, byte) ? std::to_integer<int>(byte[0]) : -1;
}

}  // namespace

CONFORMANCE_TEST("binding an address of no interface returns AddrNotAvailable", "[rust:bind_error]") {
    const auto bound = TcpListener::bind(SocketAddr(Ipv4Addr(1, 1, 1, 1), 0));
    REQUIRE_FALSE(bound.has_value());
    CHECK(bound.error() == Kind::AddrNotAvailable);
    CHECK(bound.error().message() == "bind: Cannot assign requested address (EADDRNOTAVAIL)");
}

CONFORMANCE_TEST("a listener knows its address and the port that the system chose", "[rust:socket_and_peer_name]") {
    const auto listener = must(TcpListener::bind(loopback()));
    const SocketAddr address = must(listener.local_addr());
    CHECK(address.ip() == Ipv4Addr::localhost());
    CHECK(address.port() != 0);
    CHECK_FALSE(test::is_inherited(listener));

    const auto client = must(TcpStream::connect(address));
    auto [stream, peer] = must(listener.accept());
    CHECK(peer == must(client.local_addr()));
    CHECK(peer == must(stream.peer_addr()));
    CHECK(must(stream.local_addr()) == address);
    CHECK_FALSE(test::is_inherited(stream));
}

CONFORMANCE_TEST("binding a port that has a listener returns AddrInUse", "[rust:double_bind]") {
    const auto listener = must(TcpListener::bind(loopback()));
    const SocketAddr address = must(listener.local_addr());
    CHECK(kind_of(TcpListener::bind(address)) == Kind::AddrInUse);
    CHECK(kind_of(TcpListener::bind(address, {.reuse_port = true})) == Kind::AddrInUse);
}

CONFORMANCE_TEST("a port can be bound again at once, also while its connections are in TIME_WAIT") {
    auto listener = must(TcpListener::bind(loopback()));
    const SocketAddr address = must(listener.local_addr());
    const auto client = must(TcpStream::connect(address));
    {
        const auto accepted = must(listener.accept());  // closes first, so its end is in TIME_WAIT
    }
    must(std::move(listener).close());
    std::array<std::byte, 1> buffer{};
    CHECK(must(client.read(buffer)) == 0);
    CHECK(kind_of(TcpListener::bind(address, {.reuse_addr = false})) == Kind::AddrInUse);
    const auto again = must(TcpListener::bind(address));
    CHECK(must(again.local_addr()) == address);
}

CONFORMANCE_TEST("a listener has the socket options that were asked for", "[promise:2.48]") {
    const auto plain = must(TcpListener::bind(loopback()));
    CHECK(option(plain, SOL_SOCKET, SO_REUSEADDR) == 1);
    CHECK(option(plain, SOL_SOCKET, SO_REUSEPORT) == 0);
    const auto other = must(TcpListener::bind(loopback(), {.reuse_addr = false, .reuse_port = true, .v6only = true}));
    CHECK(option(other, SOL_SOCKET, SO_REUSEADDR) == 0);
    CHECK(option(other, SOL_SOCKET, SO_REUSEPORT) == 1);
    const auto shared = must(TcpListener::bind(must(other.local_addr()), {.reuse_addr = false, .reuse_port = true}));
    CHECK(must(shared.local_addr()) == must(other.local_addr()));
}

CONFORMANCE_TEST("an IPv6 listener accepts IPv4 connections or refuses them, as v6only says") {
    if (!test::has_ipv6()) {
        WARN("no IPv6 here: skipped");
        return;
    }
    const auto both = must(TcpListener::bind(SocketAddr(Ipv6Addr(), 0), {.v6only = false}));
    const SocketAddr by_ipv4(Ipv4Addr::localhost(), must(both.local_addr()).port());
    const auto client = must(TcpStream::connect(by_ipv4));
    const auto accepted = must(both.accept());
    CHECK(accepted.peer.is_ipv6());
    CHECK(accepted.peer.ip().ipv6()->to_ipv4() == Ipv4Addr::localhost());

    const auto only = must(TcpListener::bind(SocketAddr(Ipv6Addr(), 0), {.v6only = true}));
    const std::uint16_t port = must(only.local_addr()).port();
    CHECK(kind_of(TcpStream::connect(SocketAddr(Ipv4Addr::localhost(), port))) == Kind::ConnectionRefused);
    CHECK(TcpStream::connect(SocketAddr(Ipv6Addr::localhost(), port)).has_value());
}

CONFORMANCE_TEST("listeners and streams work over IPv4 and IPv6",
                 "[rust:listen_localhost][rust:connect_loopback][rust:smoke_test]") {
    for (const SocketAddr& address : {loopback(), test::loopback_ipv6()}) {
        if (address.is_ipv6() && !test::has_ipv6()) {
            WARN("no IPv6 here: skipped");
            continue;
        }
        const auto listener = must(TcpListener::bind(address));
        auto client = must(rt::thread::spawn([to = must(listener.local_addr())] { return send_byte(to, 144); }));
        CHECK(receive_byte(must(listener.accept()).stream) == 144);
        CHECK(std::move(client).join());
    }
}

CONFORMANCE_TEST("connections are accepted one after another", "[rust:multiple_connect_serial]") {
    const auto listener = must(TcpListener::bind(loopback()));
    auto client = must(rt::thread::spawn([to = must(listener.local_addr())] {
        int sent = 0;
        for (int number = 0; number < 10; ++number) {
            sent += send_byte(to, 99) ? 1 : 0;
        }
        return sent;
    }));
    for (int number = 0; number < 10; ++number) {
        CHECK(receive_byte(must(listener.accept()).stream) == 99);
    }
    CHECK(std::move(client).join() == 10);
}

CONFORMANCE_TEST("connections overlap, and each byte comes from its own connection",
                 "[rust:multiple_connect_interleaved_greedy][rust:multiple_connect_interleaved_lazy]") {
    constexpr int connections = 10;
    const auto listener = must(TcpListener::bind(loopback()));
    std::vector<TcpStream> clients;
    std::vector<TcpStream> servers;
    for (int number = 0; number < connections; ++number) {
        clients.push_back(must(TcpStream::connect(must(listener.local_addr()))));
        servers.push_back(std::move(must(listener.accept()).stream));
    }
    for (int number = connections - 1; number >= 0; --number) {
        const std::array<std::byte, 1> byte{static_cast<std::byte>(number)};
        must(rt::write_all(clients[static_cast<std::size_t>(number)], byte));
    }
    for (int number = 0; number < connections; ++number) {
        CHECK(receive_byte(servers[static_cast<std::size_t>(number)]) == number);
    }
}

CONFORMANCE_TEST("several threads accept from one listener, and each connection is accepted once",
                 "[rust:clone_accept_smoke][rust:clone_accept_concurrent]") {
    constexpr int connections = 40;
    const auto listener = must(TcpListener::bind(loopback()));
    std::array<std::atomic<int>, connections> seen{};
    std::atomic<int> taken{0};
    rt::thread::scope([&](rt::thread::Scope& scope) {
        for (int acceptor = 0; acceptor < 4; ++acceptor) {
            (void)scope.spawn([&] {
                while (taken.fetch_add(1) < connections) {
                    const auto accepted = listener.accept();
                    const int value = accepted ? receive_byte(accepted->stream) : -1;
                    if (value >= 0 && value < connections) {
                        ++seen[static_cast<std::size_t>(value)];
                    }
                }
            });
        }
        for (int number = 0; number < connections; ++number) {
            if (!send_byte(*listener.local_addr(), number)) {
                return;
            }
        }
    });
    for (const auto& count : seen) {
        CHECK(count.load() == 1);
    }
}
