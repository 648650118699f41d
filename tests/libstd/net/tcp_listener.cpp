// SPDX-License-Identifier: MIT
//
// TcpListener: non-blocking accept, lack of file descriptors, its handle. The rest is in tests/conformance.
#include <support/net.hpp>
#include <support/words.hpp>

#include <weld/io.hpp>
#include <weld/net.hpp>

#include <sys/resource.h>
#include <chrono>

namespace net = weld::net;
namespace os = weld::os;
using net::SocketAddr;
using net::TcpListener;
using net::TcpStream;
using test::kind_of;
using test::loopback;
using test::must;
using weld::Kind;

static_assert(sizeof(TcpListener) == sizeof(int) && std::is_nothrow_move_constructible_v<TcpListener>);

TEST_CASE("accept of a non-blocking listener is WouldBlock, and its streams are blocking all the same") {
    const auto listener = must(TcpListener::bind(loopback()));
    must(listener.set_nonblocking(true));
    CHECK(kind_of(listener.accept()) == Kind::WouldBlock);
    const auto client = must(TcpStream::connect(must(listener.local_addr())));
    weld::Result<net::Accepted> accepted = listener.accept();
    CHECK(test::eventually([&] { return accepted || (accepted = listener.accept()); }));
    const net::Accepted taken = must(std::move(accepted));
    CHECK((::fcntl(os::fd(taken.stream), F_GETFL) & O_NONBLOCK) == 0);
    must(listener.set_nonblocking(false));
    CHECK((::fcntl(os::fd(listener), F_GETFL) & O_NONBLOCK) == 0);
    CHECK_FALSE(must(listener.take_error()).has_value());
}

TEST_CASE("accept without a free file descriptor is an error value, and loses no connection") {
    const auto end = test::in_child([] {
        const auto listener = TcpListener::bind(loopback());
        const auto client = TcpStream::connect(*listener->local_addr());
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        const rlim_t before = std::exchange(limit.rlim_cur, static_cast<rlim_t>(os::fd(*client)) + 1);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        for (int tries = 0; tries < 3; ++tries) {
            const auto refused = listener->accept();
            if (refused || refused.error() != Kind::TooManyOpenFiles) {
                return 1;
            }
        }
        if (const auto refused = TcpStream::connect(*listener->local_addr());
            refused || refused.error() != Kind::TooManyOpenFiles) {
            return 2;
        }
        limit.rlim_cur = before;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        const auto accepted = listener->accept();
        return accepted && accepted->peer == *client->local_addr() ? 0 : 3;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("a listener converts to a handle and back") {
    auto listener = must(TcpListener::bind(loopback()));
    const SocketAddr address = must(listener.local_addr());
    const int fd = os::fd(listener);
    auto again = TcpListener::from_handle(std::move(listener).into_handle());
    CHECK(os::fd(again) == fd);
    CHECK(again.as_handle().raw() == again.as_native().as_handle().raw());
    CHECK(must(again.local_addr()) == address);
    must(std::move(again).close());
    CHECK(kind_of(TcpStream::connect(address)) == Kind::ConnectionRefused);
}
