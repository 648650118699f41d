// SPDX-License-Identifier: MIT
//
// TcpStream: non-blocking calls, its handle, its file descriptor. The rest is in tests/conformance.
#include <support/net.hpp>
#include <support/words.hpp>

#include <weld/io.hpp>
#include <weld/net.hpp>

#include <array>
#include <chrono>

namespace net = weld::net;
namespace os = weld::os;
using namespace std::chrono_literals;
using net::Ipv4Addr;
using net::SocketAddr;
using net::TcpListener;
using net::TcpStream;
using test::bytes;
using test::Connection;
using test::kind_of;
using test::loopback;
using test::must;
using weld::Kind;

static_assert(sizeof(TcpStream) == sizeof(int) && std::is_nothrow_move_constructible_v<TcpStream>);
static_assert(!std::is_copy_constructible_v<TcpStream>);
static_assert(weld::Reader<const TcpStream> && weld::Writer<const TcpStream>);

namespace {

/// A port of this machine without a listener.
SocketAddr nobody() { return must(must(TcpListener::bind(loopback())).local_addr()); }

}  // namespace

TEST_CASE("a non-blocking stream returns WouldBlock") {  // set_nonblocking
    const auto [client, server] = Connection::make();
    std::array<std::byte, 4> buffer{};
    must(client.set_nonblocking(true));
    CHECK(kind_of(client.read(buffer)) == Kind::WouldBlock);
    CHECK(kind_of(client.peek(buffer)) == Kind::WouldBlock);
    must(client.set_read_timeout(1s));
    CHECK(kind_of(client.read(buffer)) == Kind::WouldBlock);
    must(client.set_nonblocking(false));
    must(weld::write_all(server, bytes("x")));
    CHECK(must(client.read(buffer)) == 1);
}

TEST_CASE("a stream from connect_timeout is blocking") {
    const auto listener = must(TcpListener::bind(loopback()));
    const auto stream = must(TcpStream::connect_timeout(must(listener.local_addr()), 10s));
    CHECK((::fcntl(os::fd(stream), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a stream converts to a handle and back, and is closed once") {
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

TEST_CASE("streams and listeners leave no file descriptor open") {
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
