// SPDX-License-Identifier: MIT
//
// TcpStream: connecting, reading, writing, shutdown, and timeouts.
#include <support/model.hpp>
#include <support/net.hpp>
#include <support/words.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace net = rt::net;
using namespace std::chrono_literals;
using net::Shutdown;
using net::SocketAddr;
using net::TcpListener;
using net::TcpStream;
using rt::Kind;
using rt::time::Duration;
using test::bytes;
using test::kind_of;
using test::loopback;
using test::must;
using test::text;
using Connection = test::ConnectionOf<rt::Model>;

static_assert(std::is_nothrow_move_constructible_v<TcpStream>);
static_assert(!std::is_copy_constructible_v<TcpStream>);
static_assert(!std::is_constructible_v<bool, decltype(std::declval<TcpStream>().nodelay())>);
static_assert(!std::is_constructible_v<bool, decltype(std::declval<TcpStream>().keepalive())>);
static_assert(!std::is_constructible_v<bool, decltype(std::declval<TcpStream>().take_error())>);
static_assert(rt::Reader<const TcpStream> && rt::Writer<const TcpStream>);

namespace {

rt::time::Instant now() { return std::chrono::steady_clock::now(); }

/// The address of a port on this machine without a listener.
SocketAddr nobody() { return must(must(TcpListener::bind(loopback())).local_addr()); }

}  // namespace

CONFORMANCE_TEST("connect to a port without a listener returns ConnectionRefused", "[rust:connect_error]") {
    const auto refused = TcpStream::connect(nobody());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error() == Kind::ConnectionRefused);
    CHECK(refused.error().message() == "connect: Connection refused (ECONNREFUSED)");
    CHECK(kind_of(TcpStream::connect_timeout(nobody(), 10s)) == Kind::ConnectionRefused);
}

CONFORMANCE_TEST("a read returns what the peer wrote, then zero each time", "[rust:partial_read][rust:read_eof]") {
    auto [client, server] = Connection::make();
    std::array<std::byte, 16> buffer{};
    CHECK(must(server.write(bytes("ping"))) == 4);
    CHECK(text(buffer, must(client.read(std::span(buffer).first(3)))) == "pin");
    CHECK(text(buffer, must(client.read(buffer))) == "g");
    must(std::move(server).close());
    CHECK(must(client.read(buffer)) == 0);
    CHECK(must(client.read(buffer)) == 0);
    CHECK(must(client.read({})) == 0);
}

CONFORMANCE_TEST("a read into an empty buffer returns zero without waiting") {
    const auto [client, server] = Connection::make();
    CHECK(must(client.read({})) == 0);
    CHECK(must(client.write({})) == 0);
}

CONFORMANCE_TEST("writing to a closed peer fails after some writes", "[rust:write_close]") {
    auto [client, server] = Connection::make();
    must(std::move(server).close());
    std::optional<Kind> said;
    CHECK(model::eventually([&] {
        const auto written = client.write(bytes("x"));
        said = written ? said : written.error().kind();
        return said.has_value();
    }));
    CHECK((said == Kind::BrokenPipe || said == Kind::ConnectionReset));
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);
}

CONFORMANCE_TEST("a reset by the peer is ConnectionReset, and later writes are BrokenPipe") {
    auto [client, server] = Connection::make();
    test::reset(std::move(server));
    std::array<std::byte, 4> buffer{};
    CHECK(kind_of(client.read(buffer)) == Kind::ConnectionReset);
    CHECK(must(client.read(buffer)) == 0);
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);

    auto [other, peer] = Connection::make();
    test::reset(std::move(peer));
    CHECK(model::eventually([&] {
        const auto error = must(other.take_error());
        return error.has_value() && error->kind() == Kind::ConnectionReset;
    }));
    CHECK_FALSE(must(other.take_error()).has_value());
}

CONFORMANCE_TEST("a write_all that times out returns TimedOut and the number of bytes that the peer gets",
                 "[promise:2.20]") {
    auto [client, server] = Connection::make();
    const std::vector<std::byte> much(16 << 20);
    must(client.set_write_timeout(50ms));
    const auto sent = rt::write_all(client, much);
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().kind() == Kind::TimedOut);
    CHECK(sent.error().count > 0);
    must(client.shutdown(Shutdown::Write));
    std::vector<std::byte> buffer(1 << 20);
    std::size_t received = 0;
    while (const std::size_t count = must(server.read(buffer))) {
        received += count;
    }
    CHECK(received == sent.error().count);
}

CONFORMANCE_TEST("a megabyte arrives whole and in order") {
    auto [client, server] = Connection::make();
    std::string sent;
    for (int number = 0; sent.size() < 4'000'000; ++number) {
        sent += std::to_string(number) + ",";
    }
    auto writer = must(rt::thread::spawn(
        [&sent, stream = std::move(client)] { return rt::write_all(stream, bytes(sent)).has_value(); }));
    std::vector<std::byte> received(sent.size());
    must(rt::read_exact(server, received));
    CHECK(text(received) == sent);
    CHECK(rt::read_exact(server, std::span(received).first(1)).error().kind() == Kind::UnexpectedEof);
    CHECK(std::move(writer).join());
}

CONFORMANCE_TEST("more than the system buffers is sent in both directions at once") {
    constexpr std::size_t size = 8 << 20;
    const auto [client, server] = Connection::make();
    const auto send = [](const TcpStream& stream, std::byte fill) {
        const std::vector<std::byte> block(size, fill);
        return rt::write_all(stream, block).has_value() && stream.shutdown(Shutdown::Write).has_value();
    };
    const auto receive = [](const TcpStream& stream, std::byte fill) {
        std::vector<std::byte> buffer(64 * 1024);
        std::size_t right = 0;
        while (const std::size_t count = stream.read(buffer).value_or(0)) {
            right += static_cast<std::size_t>(std::ranges::count(std::span(buffer).first(count), fill));
        }
        return right;
    };
    auto to_server = must(rt::thread::spawn([&] { return send(client, std::byte{1}); }));
    auto to_client = must(rt::thread::spawn([&] { return send(server, std::byte{2}); }));
    auto at_server = must(rt::thread::spawn([&] { return receive(server, std::byte{1}); }));
    CHECK(receive(client, std::byte{2}) == size);
    CHECK(std::move(at_server).join() == size);
    CHECK(std::move(to_server).join());
    CHECK(std::move(to_client).join());
}

CONFORMANCE_TEST("a reset wakes a blocked reader") {
    auto [client, server] = Connection::make();
    auto reader = must(rt::thread::spawn([&stream = client] {
        std::array<std::byte, 4> buffer;
        const auto count = stream.read(buffer);
        return count ? Kind::Other : count.error().kind();
    }));
    rt::thread::yield_now();
    test::reset(std::move(server));
    CHECK(std::move(reader).join() == Kind::ConnectionReset);
}

CONFORMANCE_TEST("an end that shuts down writing still reads (half-close)", "[rust:shutdown_smoke]") {
    const auto [client, server] = Connection::make();
    std::array<std::byte, 16> buffer{};
    must(client.shutdown(Shutdown::Write));
    CHECK(must(server.read(buffer)) == 0);
    must(rt::write_all(server, bytes("late")));
    CHECK(text(buffer, must(client.read(buffer))) == "late");
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);
}

CONFORMANCE_TEST("after shutdown of both directions nothing is read or written", "[rust:close_readwrite_smoke]") {
    const auto [client, server] = Connection::make();
    std::array<std::byte, 4> buffer{};
    must(client.shutdown(Shutdown::Both));
    CHECK(must(client.read(buffer)) == 0);
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);
    CHECK(must(server.read(buffer)) == 0);
}

CONFORMANCE_TEST("shutdown of reading wakes a blocked reader", "[rust:close_read_wakes_up]") {
    const auto [client, server] = Connection::make();
    std::atomic<bool> reading{false};
    auto reader = must(rt::thread::spawn([&] {
        std::array<std::byte, 4> buffer{};
        reading = true;
        return client.read(buffer).value_or(99);
    }));
    CHECK(model::eventually([&] { return reading.load(); }));
    must(client.shutdown(Shutdown::Read));
    CHECK(std::move(reader).join() == 0);
}

CONFORMANCE_TEST("one thread reads while another writes", "[rust:tcp_clone_smoke][rust:clone_while_reading]") {
    constexpr int rounds = 1000;
    const auto [client, server] = Connection::make();
    auto echo = must(rt::thread::spawn([&] {
        std::array<std::byte, 64> buffer{};
        while (const std::size_t count = server.read(buffer).value_or(0)) {
            if (!rt::write_all(server, std::span(buffer).first(count))) {
                return false;
            }
        }
        return server.shutdown(Shutdown::Write).has_value();
    }));
    auto reader = must(rt::thread::spawn([&] {
        std::array<std::byte, 4 * rounds> buffer{};
        return rt::read_exact(client, buffer).has_value() && text(buffer).ends_with("pingping");
    }));
    for (int round = 0; round < rounds; ++round) {
        must(rt::write_all(client, bytes("ping")));
    }
    must(client.shutdown(Shutdown::Write));
    CHECK(std::move(reader).join());
    CHECK(std::move(echo).join());
}

CONFORMANCE_TEST("peek leaves the bytes in the stream", "[rust:peek]") {
    const auto [client, server] = Connection::make();
    must(rt::write_all(server, bytes("abc")));
    std::array<std::byte, 16> buffer{};
    for (int times = 0; times < 2; ++times) {
        CHECK(text(buffer, must(client.peek(buffer))) == "abc");
    }
    CHECK(text(buffer, must(client.read(buffer))) == "abc");
}

CONFORMANCE_TEST("timeouts are those that were set, until they are removed",
                 "[promise:2.20][rust:timeouts][rust:test_timeout_zero_duration]") {
    const auto [client, server] = Connection::make();
    CHECK_FALSE(must(client.read_timeout()).has_value());
    CHECK_FALSE(must(client.write_timeout()).has_value());
    must(client.set_read_timeout(410s));
    must(client.set_write_timeout(7min));
    CHECK(must(client.read_timeout()) == Duration(410s));
    CHECK(must(client.write_timeout()) == Duration(7min));
    CHECK(client.set_read_timeout(0s).error().message() ==
          "set_read_timeout: The timeout is not above zero (BadTimeout)");
    CHECK(client.set_write_timeout(-1ns).error() == weld::Error("set_write_timeout", weld::Fault::BadTimeout));
    CHECK(must(client.read_timeout()) == Duration(410s));
    must(client.set_read_timeout(std::chrono::hours::max()));
    must(client.set_read_timeout(std::chrono::duration<double, std::pico>(1.0)));
    CHECK(must(client.read_timeout()) > Duration::zero());
    must(client.set_read_timeout(std::nullopt));
    must(client.set_write_timeout(std::nullopt));
    CHECK_FALSE(must(client.read_timeout()).has_value());
    CHECK_FALSE(must(client.write_timeout()).has_value());
}

CONFORMANCE_TEST("a read that exceeds its timeout returns TimedOut, and the stream still works",
                 "[promise:2.20][rust:test_read_timeout][rust:test_read_with_timeout]") {
    const auto [client, server] = Connection::make();
    must(client.set_read_timeout(400ms));
    std::array<std::byte, 16> buffer{};
    const auto start = now();
    const auto late = client.read(buffer);
    CHECK(now() - start >= 390ms);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error() == Kind::TimedOut);
    CHECK(std::string_view(late.error().operation()) == "read");
    CHECK(kind_of(client.peek(buffer)) == Kind::TimedOut);
    must(rt::write_all(server, bytes("hello")));
    CHECK(text(buffer, must(client.read(buffer))) == "hello");
    const auto partial = rt::read_exact(client, buffer);
    CHECK(partial.error().kind() == Kind::TimedOut);
}

CONFORMANCE_TEST("connect_timeout takes no longer than its timeout",
                 "[promise:2.20][rust:connect_timeout_valid][rust:connect_timeout_to_unreachable_address]") {
    const auto listener = must(TcpListener::bind(loopback()));
    const SocketAddr address = must(listener.local_addr());
    for (const auto timeout : {Duration(10s), Duration::max()}) {
        const auto stream = must(TcpStream::connect_timeout(address, timeout));
        CHECK_FALSE(test::is_inherited(stream));
        CHECK(must(stream.peer_addr()) == address);
    }
    must(TcpStream::connect_timeout(address, std::chrono::hours::max()));
    for (const auto timeout : {0ns, -1ns, Duration::min()}) {
        CHECK(TcpStream::connect_timeout(address, timeout).error() == weld::Error("connect", weld::Fault::BadTimeout));
    }
    const test::CrowdOf<rt::Model> crowd;
    const auto start = now();
    const auto late = TcpStream::connect_timeout(crowd.address, 150ms);
    CHECK(now() - start >= 150ms);
    CHECK(now() - start < 10s);
    CHECK(late.error() == Kind::TimedOut);
    CHECK(late.error() == std::errc::timed_out);
}

CONFORMANCE_TEST("nodelay and keepalive are as set last", "[rust:nodelay]") {
    const auto [client, server] = Connection::make();
    CHECK_FALSE(must(client.nodelay()));
    must(client.set_nodelay(true));
    CHECK(must(client.nodelay()));
    must(client.set_nodelay(false));
    CHECK_FALSE(must(client.nodelay()));
    must(client.set_keepalive(true));
    CHECK(must(client.keepalive()));
    CHECK_FALSE(must(server.keepalive()));
}
