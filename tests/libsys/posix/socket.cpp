// SPDX-License-Identifier: MIT
//
// Socket calls: success and errors of each call, and that none retries.
#include <support/interruptions.hpp>
#include <support/words.hpp>

#include <weld/sys/posix/socket.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>
#include <array>
#include <cstring>
#include <optional>

namespace sys = weld::sys;
using sys::AddressFamily;
using sys::Errno;
using sys::MessageFlags;
using sys::SocketFlags;
using test::bytes;
using test::errno_of;
using test::must;
using test::text;

namespace {

constexpr sys::BorrowedFd bad{1 << 20};
constexpr std::size_t inet_size = sizeof(sys::SocketAddressInet);

sys::OwnedFd tcp_socket() {
    return must(
        sys::socket(AddressFamily::Inet, sys::SocketType::Stream, SocketFlags::CloseOnExec, sys::SocketProtocol::Tcp));
}

/// 127.0.0.1.
sys::SocketAddress loopback(std::uint16_t port = 0) {
    const sys::SocketAddressInet form{
        .family = AddressFamily::Inet, .port = htons(port), .address = {127, 0, 0, 1}, .reserved = {}};
    sys::SocketAddress address{};
    std::memcpy(&address, &form, sizeof form);
    return address;
}

sys::SocketAddressInet as_inet(const sys::SocketAddress& address) {
    sys::SocketAddressInet form;
    std::memcpy(&form, &address, sizeof form);
    return form;
}

struct Listening {
    sys::OwnedFd owned = tcp_socket();
    sys::BorrowedFd fd = owned.borrow();
    sys::SocketAddress address{};

    Listening() {
        must(sys::bind(fd, loopback(), inet_size));
        must(sys::listen(fd, 8));
        REQUIRE(must(sys::getsockname(fd, address)) == inet_size);
    }
};

struct Connected {
    Listening listening;
    sys::OwnedFd client = tcp_socket();
    std::optional<sys::OwnedFd> server;
    sys::SocketAddress peer{};
    std::size_t peer_size = 0;

    Connected() {
        must(sys::connect(client.borrow(), listening.address, inet_size));
        server = must(sys::accept4(listening.fd, peer, peer_size, SocketFlags::CloseOnExec));
    }
};

}  // namespace

TEST_CASE("sockets and accepted connections are inherited unless CloseOnExec is set") {
    const Connected connected;
    CHECK(::fcntl(connected.client.borrow().raw(), F_GETFD) == FD_CLOEXEC);
    CHECK(::fcntl(connected.server->borrow().raw(), F_GETFD) == FD_CLOEXEC);
    const auto inherited = must(
        sys::socket(AddressFamily::Inet, sys::SocketType::Stream, SocketFlags::Nonblock, sys::SocketProtocol::Default));
    CHECK(::fcntl(inherited.borrow().raw(), F_GETFD) == 0);
    CHECK((::fcntl(inherited.borrow().raw(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(connected.server->borrow().raw(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("getsockname and getpeername agree at both ends of a connection") {
    const Connected connected;
    CHECK(connected.peer_size == inet_size);
    sys::SocketAddress own{};
    CHECK(must(sys::getsockname(connected.client.borrow(), own)) == inet_size);
    CHECK(as_inet(own).family == AddressFamily::Inet);
    CHECK(as_inet(own).port == as_inet(connected.peer).port);
    CHECK(as_inet(own).address[0] == 127);
    sys::SocketAddress other{};
    CHECK(must(sys::getpeername(connected.client.borrow(), other)) == inet_size);
    CHECK(as_inet(other).port == as_inet(connected.listening.address).port);
    CHECK(as_inet(other).port != 0);
}

TEST_CASE("the address structs have the layout that the C library's functions write") {
    sys::SocketAddressInet6 form{};
    const sockaddr_in6 system{.sin6_family = AF_INET6,
                              .sin6_port = htons(80),
                              .sin6_flowinfo = htonl(5),
                              .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                              .sin6_scope_id = 7};
    std::memcpy(&form, &system, sizeof system);
    CHECK(form.family == AddressFamily::Inet6);
    CHECK(form.port == htons(80));
    CHECK(form.flowinfo == htonl(5));
    CHECK(form.address[15] == 1);
    CHECK(form.scope_id == 7);
}

TEST_CASE("send and recv carry bytes both ways, and Peek leaves them") {
    const Connected connected;
    std::array<std::byte, 16> buffer{};
    CHECK(must(sys::send(connected.client.borrow(), bytes("ping"), MessageFlags::NoSignal)) == 4);
    CHECK(text(buffer, must(sys::recv(connected.server->borrow(), buffer, MessageFlags::Peek))) == "ping");
    CHECK(text(buffer, must(sys::recv(connected.server->borrow(), buffer, MessageFlags::None))) == "ping");
    CHECK(errno_of(sys::recv(connected.server->borrow(), buffer, MessageFlags::DontWait)) == Errno::Again);
    must(sys::shutdown(connected.server->borrow(), sys::ShutdownHow::Write));
    CHECK(must(sys::recv(connected.client.borrow(), buffer, MessageFlags::None)) == 0);
    CHECK(must(sys::send(connected.client.borrow(), bytes("pong"), MessageFlags::NoSignal)) == 4);
    CHECK(text(buffer, must(sys::recv(connected.server->borrow(), buffer, MessageFlags::None))) == "pong");
}

TEST_CASE("setsockopt and getsockopt use the type of the option") {
    const auto owned = tcp_socket();
    const sys::BorrowedFd fd = owned.borrow();
    for (const auto option :
         {sys::sockopt::reuse_addr, sys::sockopt::reuse_port, sys::sockopt::keepalive, sys::sockopt::tcp_nodelay}) {
        INFO(option.level << " " << option.name);
        CHECK(must(sys::getsockopt(fd, option)) == 0);
        must(sys::setsockopt(fd, option, 1));
        CHECK(must(sys::getsockopt(fd, option)) != 0);
    }
    for (const auto option : {sys::sockopt::receive_timeout, sys::sockopt::send_timeout}) {
        must(sys::setsockopt(fd, option, {.seconds = 3, .microseconds = 0}));
        const auto time = must(sys::getsockopt(fd, option));
        CHECK(time.seconds == 3);
        CHECK(time.microseconds == 0);
        CHECK(errno_of(sys::setsockopt(fd, option, {.seconds = 0, .microseconds = 1'000'000})) == Errno::Dom);
    }
    CHECK(must(sys::getsockopt(fd, sys::sockopt::error)) == 0);
    CHECK_FALSE(sys::setsockopt(fd, sys::sockopt::ipv6_v6only, 1));
    const auto inet6 =
        sys::socket(AddressFamily::Inet6, sys::SocketType::Stream, SocketFlags::CloseOnExec, sys::SocketProtocol::Tcp);
    if (inet6) {
        must(sys::setsockopt(inet6->borrow(), sys::sockopt::ipv6_v6only, 1));
        CHECK(must(sys::getsockopt(inet6->borrow(), sys::sockopt::ipv6_v6only)) == 1);
    }
}

TEST_CASE("connect to a port without a listener is refused, and a bound port is in use") {
    sys::SocketAddress address{};
    {
        const Listening listening;
        address = listening.address;
        const auto second = tcp_socket();
        CHECK(errno_of(sys::bind(second.borrow(), address, inet_size)) == Errno::Addrinuse);
    }
    const auto client = tcp_socket();
    CHECK(errno_of(sys::connect(client.borrow(), address, inet_size)) == Errno::Connrefused);
}

TEST_CASE("every socket call on a bad descriptor returns Badf") {
    sys::SocketAddress address{};
    std::size_t size = 0;
    std::array<std::byte, 4> buffer{};
    CHECK(errno_of(sys::bind(bad, address, inet_size)) == Errno::Badf);
    CHECK(errno_of(sys::listen(bad, 1)) == Errno::Badf);
    CHECK(errno_of(sys::accept4(bad, address, size, SocketFlags::CloseOnExec)) == Errno::Badf);
    CHECK(errno_of(sys::connect(bad, address, inet_size)) == Errno::Badf);
    CHECK(errno_of(sys::shutdown(bad, sys::ShutdownHow::Both)) == Errno::Badf);
    CHECK(errno_of(sys::getsockname(bad, address)) == Errno::Badf);
    CHECK(errno_of(sys::getpeername(bad, address)) == Errno::Badf);
    CHECK(errno_of(sys::setsockopt(bad, sys::sockopt::keepalive, 1)) == Errno::Badf);
    CHECK(errno_of(sys::getsockopt(bad, sys::sockopt::keepalive)) == Errno::Badf);
    CHECK(errno_of(sys::recv(bad, buffer, MessageFlags::None)) == Errno::Badf);
    CHECK(errno_of(sys::send(bad, buffer, MessageFlags::NoSignal)) == Errno::Badf);
}

TEST_CASE("an invalid socket call returns the system's error") {
    const auto owned = tcp_socket();
    sys::SocketAddress address{};
    std::array<std::byte, 4> buffer{};
    CHECK(errno_of(sys::socket(static_cast<AddressFamily>(999), sys::SocketType::Stream, SocketFlags::CloseOnExec,
                               sys::SocketProtocol::Default)) == Errno::Afnosupport);
    CHECK(errno_of(sys::bind(owned.borrow(), loopback(), 4)) == Errno::Inval);
    CHECK(errno_of(sys::getpeername(owned.borrow(), address)) == Errno::Notconn);
    CHECK(errno_of(sys::recv(owned.borrow(), buffer, MessageFlags::None)) == Errno::Notconn);
    CHECK(errno_of(sys::send(owned.borrow(), buffer, MessageFlags::NoSignal)) == Errno::Pipe);
    CHECK(errno_of(sys::shutdown(owned.borrow(), sys::ShutdownHow::Both)) == Errno::Notconn);
    CHECK(errno_of(sys::recv(sys::BorrowedFd(STDIN_FILENO), buffer, MessageFlags::None)) == Errno::Notsock);
}

TEST_CASE("an interrupted accept4 and an interrupted recv return Intr") {
    const Connected connected;
    sys::SocketAddress address{};
    std::size_t size = 0;
    std::array<std::byte, 4> buffer{};
    std::optional<Errno> accepted;
    std::optional<Errno> received;
    {
        const test::Interruptions interruptions;
        accepted = sys::accept4(connected.listening.fd, address, size, SocketFlags::CloseOnExec).error();
        received = sys::recv(connected.server->borrow(), buffer, MessageFlags::None).error();
    }
    CHECK(accepted == Errno::Intr);
    CHECK(received == Errno::Intr);
}
