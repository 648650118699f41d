// SPDX-License-Identifier: MIT
//
// TcpStream: connecting, reading, writing, ending, and times.
#include <support/net.hpp>
#include <support/words.hpp>

#include <weld/io.hpp>
#include <weld/net.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace net = weld::net;
namespace os = weld::os;
using namespace std::chrono_literals;
using net::Ipv4Addr;
using net::Shutdown;
using net::SocketAddr;
using net::TcpListener;
using net::TcpStream;
using test::bytes;
using test::Connection;
using test::kind_of;
using test::loopback;
using test::must;
using test::text;
using weld::Kind;
using weld::time::Duration;

static_assert(sizeof(TcpStream) == sizeof(int) && std::is_nothrow_move_constructible_v<TcpStream>);
static_assert(!std::is_copy_constructible_v<TcpStream>);
static_assert(weld::Reader<const TcpStream> && weld::Writer<const TcpStream>);

namespace {

weld::time::Instant now() { return std::chrono::steady_clock::now(); }

/// A port of this machine on which nobody listens.
SocketAddr nobody() { return must(must(TcpListener::bind(loopback())).local_addr()); }

}  // namespace

TEST_CASE("a connection to nobody is refused") {  // connect_error
    const auto refused = TcpStream::connect(nobody());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error() == Kind::ConnectionRefused);
    CHECK(refused.error().message() == "connect: Connection refused (ECONNREFUSED)");
    CHECK(kind_of(TcpStream::connect_timeout(nobody(), 10s)) == Kind::ConnectionRefused);
}

TEST_CASE("a read returns what the peer wrote, then zero, again and again") {  // partial_read, read_eof
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

TEST_CASE("a read into nothing does not wait") {
    const auto [client, server] = Connection::make();
    CHECK(must(client.read({})) == 0);
    CHECK(must(client.write({})) == 0);
}

TEST_CASE("writing to a peer that is gone fails in the end") {  // write_close
    auto [client, server] = Connection::make();
    must(std::move(server).close());
    std::optional<Kind> said;
    CHECK(test::eventually([&] {
        const auto written = client.write(bytes("x"));
        said = written ? said : written.error().kind();
        return said.has_value();
    }));
    CHECK((said == Kind::BrokenPipe || said == Kind::ConnectionReset));
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);
}

TEST_CASE("a reset by the peer is ConnectionReset, and then the pipe is broken") {
    auto [client, server] = Connection::make();
    test::reset(std::move(server));
    std::array<std::byte, 4> buffer{};
    CHECK(kind_of(client.read(buffer)) == Kind::ConnectionReset);
    CHECK(must(client.read(buffer)) == 0);
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);

    auto [other, peer] = Connection::make();
    test::reset(std::move(peer));
    CHECK(test::eventually([&] {
        const auto error = must(other.take_error());
        return error.has_value() && error->kind() == Kind::ConnectionReset;
    }));
    CHECK_FALSE(must(other.take_error()).has_value());
}

TEST_CASE("write_all says how much the peer can have got") {
    auto [client, server] = Connection::make();
    const std::vector<std::byte> much(16 << 20);
    must(client.set_write_timeout(50ms));
    const auto sent = weld::write_all(client, much);
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

TEST_CASE("a megabyte comes whole and in order") {
    auto [client, server] = Connection::make();
    std::string sent;
    for (int number = 0; sent.size() < 4'000'000; ++number) {
        sent += std::to_string(number) + ",";
    }
    auto writer = must(weld::thread::spawn(
        [&sent, stream = std::move(client)] { return weld::write_all(stream, bytes(sent)).has_value(); }));
    std::vector<std::byte> received(sent.size());
    must(weld::read_exact(server, received));
    CHECK(text(received) == sent);
    CHECK(weld::read_exact(server, std::span(received).first(1)).error().kind() == Kind::UnexpectedEof);
    CHECK(std::move(writer).join());
}

TEST_CASE("one end stops writing and still reads") {  // shutdown_smoke
    const auto [client, server] = Connection::make();
    std::array<std::byte, 16> buffer{};
    must(client.shutdown(Shutdown::Write));
    CHECK(must(server.read(buffer)) == 0);
    must(weld::write_all(server, bytes("late")));
    CHECK(text(buffer, must(client.read(buffer))) == "late");
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);
}

TEST_CASE("after both directions end nothing goes") {  // close_readwrite_smoke
    const auto [client, server] = Connection::make();
    std::array<std::byte, 4> buffer{};
    must(client.shutdown(Shutdown::Both));
    CHECK(must(client.read(buffer)) == 0);
    CHECK(kind_of(client.write(bytes("x"))) == Kind::BrokenPipe);
    CHECK(must(server.read(buffer)) == 0);
}

TEST_CASE("ending the reading wakes who reads") {  // close_read_wakes_up
    const auto [client, server] = Connection::make();
    std::atomic<bool> reading{false};
    auto reader = must(weld::thread::spawn([&] {
        std::array<std::byte, 4> buffer{};
        reading = true;
        return client.read(buffer).value_or(99);
    }));
    CHECK(test::eventually([&] { return reading.load(); }));
    must(client.shutdown(Shutdown::Read));
    CHECK(std::move(reader).join() == 0);
}

TEST_CASE("one thread reads while another writes") {  // tcp_clone_smoke, clone_while_reading
    constexpr int rounds = 1000;
    const auto [client, server] = Connection::make();
    auto echo = must(weld::thread::spawn([&] {
        std::array<std::byte, 64> buffer{};
        while (const std::size_t count = server.read(buffer).value_or(0)) {
            if (!weld::write_all(server, std::span(buffer).first(count))) {
                return false;
            }
        }
        return server.shutdown(Shutdown::Write).has_value();
    }));
    auto reader = must(weld::thread::spawn([&] {
        std::array<std::byte, 4 * rounds> buffer{};
        return weld::read_exact(client, buffer).has_value() && text(buffer).ends_with("pingping");
    }));
    for (int round = 0; round < rounds; ++round) {
        must(weld::write_all(client, bytes("ping")));
    }
    must(client.shutdown(Shutdown::Write));
    CHECK(std::move(reader).join());
    CHECK(std::move(echo).join());
}

TEST_CASE("bytes that are looked at stay") {  // peek
    const auto [client, server] = Connection::make();
    must(weld::write_all(server, bytes("abc")));
    std::array<std::byte, 16> buffer{};
    for (int times = 0; times < 2; ++times) {
        CHECK(text(buffer, must(client.peek(buffer))) == "abc");
    }
    CHECK(text(buffer, must(client.read(buffer))) == "abc");
    must(client.set_nonblocking(true));
    CHECK(kind_of(client.peek(buffer)) == Kind::WouldBlock);
}

TEST_CASE("a stream that does not wait says WouldBlock") {  // set_nonblocking
    const auto [client, server] = Connection::make();
    std::array<std::byte, 4> buffer{};
    must(client.set_nonblocking(true));
    CHECK(kind_of(client.read(buffer)) == Kind::WouldBlock);
    must(client.set_read_timeout(1s));
    CHECK(kind_of(client.read(buffer)) == Kind::WouldBlock);
    must(client.set_nonblocking(false));
    must(weld::write_all(server, bytes("x")));
    CHECK(must(client.read(buffer)) == 1);
}

TEST_CASE("timeouts are what was set, until they are taken away") {  // timeouts, test_timeout_zero_duration
    const auto [client, server] = Connection::make();
    CHECK_FALSE(must(client.read_timeout()).has_value());
    CHECK_FALSE(must(client.write_timeout()).has_value());
    must(client.set_read_timeout(410s));
    must(client.set_write_timeout(7min));
    CHECK(must(client.read_timeout()) == Duration(410s));
    CHECK(must(client.write_timeout()) == Duration(7min));
    CHECK(kind_of(client.set_read_timeout(0s)) == Kind::InvalidInput);
    CHECK(kind_of(client.set_write_timeout(-1ns)) == Kind::InvalidInput);
    CHECK(must(client.read_timeout()) == Duration(410s));
    must(client.set_read_timeout(std::chrono::hours::max()));
    must(client.set_read_timeout(std::chrono::duration<double, std::pico>(1.0)));
    CHECK(must(client.read_timeout()) > Duration::zero());
    must(client.set_read_timeout(std::nullopt));
    must(client.set_write_timeout(std::nullopt));
    CHECK_FALSE(must(client.read_timeout()).has_value());
    CHECK_FALSE(must(client.write_timeout()).has_value());
}

TEST_CASE("a read that takes too long is TimedOut, and the stream goes on") {  // test_read_timeout, _with_timeout
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
    must(weld::write_all(server, bytes("hello")));
    CHECK(text(buffer, must(client.read(buffer))) == "hello");
    const auto partial = weld::read_exact(client, buffer);
    CHECK(partial.error().kind() == Kind::TimedOut);
}

TEST_CASE("connecting takes no longer than it may") {  // connect_timeout_valid, _to_unreachable_address
    const auto listener = must(TcpListener::bind(loopback()));
    const SocketAddr address = must(listener.local_addr());
    for (const auto timeout : {Duration(10s), Duration::max()}) {
        const auto stream = must(TcpStream::connect_timeout(address, timeout));
        CHECK((::fcntl(os::fd(stream), F_GETFL) & O_NONBLOCK) == 0);
        CHECK_FALSE(test::is_inherited(stream));
        CHECK(must(stream.peer_addr()) == address);
    }
    must(TcpStream::connect_timeout(address, std::chrono::hours::max()));
    for (const auto timeout : {0ns, -1ns, Duration::min()}) {
        CHECK(kind_of(TcpStream::connect_timeout(address, timeout)) == Kind::InvalidInput);
    }
    const test::Crowd crowd;
    const auto start = now();
    const auto late = TcpStream::connect_timeout(crowd.address, 150ms);
    CHECK(now() - start >= 150ms);
    CHECK(now() - start < 10s);
    CHECK(late.error() == Kind::TimedOut);
    CHECK(late.error() == std::errc::timed_out);
}

TEST_CASE("options that are yes or no are what was set last") {  // nodelay
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

TEST_CASE("a stream is lowered and made again, and closed once") {
    auto [client, server] = Connection::make();
    CHECK_FALSE(test::is_inherited(client));
    CHECK_FALSE(test::is_inherited(server));
    const int fd = os::into_fd(std::move(client));
    auto again = TcpStream::from_handle(weld::sys::OwnedHandle(fd));
    CHECK(os::fd(again) == fd);
    CHECK(os::fd(again.as_native()) == fd);
    must(weld::write_all(again, bytes("x")));
    must(std::move(again).close());
    CHECK(::fcntl(fd, F_GETFD) == -1);
    std::array<std::byte, 4> buffer{};
    CHECK(must(server.read(buffer)) == 1);
    CHECK(must(server.read(buffer)) == 0);
}

TEST_CASE("nothing is left open") {
    const std::size_t before = test::open_descriptors();
    {
        const auto [client, server] = Connection::make();
        (void)TcpStream::connect(nobody()).has_value();
        (void)TcpStream::connect_timeout(nobody(), 1s).has_value();
        (void)TcpListener::bind(SocketAddr(Ipv4Addr(1, 1, 1, 1), 0)).has_value();
        CHECK(test::open_descriptors() == before + 2);
    }
    CHECK(test::open_descriptors() == before);
}
