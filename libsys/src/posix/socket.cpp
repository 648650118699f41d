// SPDX-License-Identifier: MIT
#include <weld/sys/posix/socket.hpp>

#include "check.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(AddressFamily::Unspecified) == AF_UNSPEC &&
              std::to_underlying(AddressFamily::Inet) == AF_INET &&
              std::to_underlying(AddressFamily::Inet6) == AF_INET6);
static_assert(std::to_underlying(SocketType::Stream) == SOCK_STREAM);
static_assert(std::to_underlying(SocketFlags::Nonblock) == SOCK_NONBLOCK &&
              std::to_underlying(SocketFlags::CloseOnExec) == SOCK_CLOEXEC);
static_assert(std::to_underlying(SocketProtocol::Tcp) == IPPROTO_TCP);
static_assert(std::to_underlying(ShutdownHow::Read) == SHUT_RD && std::to_underlying(ShutdownHow::Write) == SHUT_WR &&
              std::to_underlying(ShutdownHow::Both) == SHUT_RDWR);
static_assert(std::to_underlying(MessageFlags::Peek) == MSG_PEEK &&
              std::to_underlying(MessageFlags::DontWait) == MSG_DONTWAIT &&
              std::to_underlying(MessageFlags::NoSignal) == MSG_NOSIGNAL);

static_assert(sizeof(SocketAddress) == sizeof(sockaddr_storage) && alignof(SocketAddress) == alignof(sockaddr_storage));
static_assert(offsetof(SocketAddress, family) == offsetof(sockaddr_storage, ss_family) &&
              sizeof(AddressFamily) == sizeof(sa_family_t));
static_assert(sizeof(SocketAddressInet) == sizeof(sockaddr_in));
static_assert(offsetof(SocketAddressInet, family) == offsetof(sockaddr_in, sin_family));
static_assert(offsetof(SocketAddressInet, port) == offsetof(sockaddr_in, sin_port));
static_assert(offsetof(SocketAddressInet, address) == offsetof(sockaddr_in, sin_addr));
static_assert(sizeof(SocketAddressInet6) == sizeof(sockaddr_in6));
static_assert(offsetof(SocketAddressInet6, family) == offsetof(sockaddr_in6, sin6_family));
static_assert(offsetof(SocketAddressInet6, port) == offsetof(sockaddr_in6, sin6_port));
static_assert(offsetof(SocketAddressInet6, flowinfo) == offsetof(sockaddr_in6, sin6_flowinfo));
static_assert(offsetof(SocketAddressInet6, address) == offsetof(sockaddr_in6, sin6_addr));
static_assert(offsetof(SocketAddressInet6, scope_id) == offsetof(sockaddr_in6, sin6_scope_id));
static_assert(sizeof(Timeval) == sizeof(timeval) && offsetof(Timeval, microseconds) == offsetof(timeval, tv_usec));

namespace {

template <class Value>
constexpr bool is(SocketOption<Value> option, int level, int name) {
    return option.level == level && option.name == name;
}

static_assert(is(sockopt::reuse_addr, SOL_SOCKET, SO_REUSEADDR) && is(sockopt::error, SOL_SOCKET, SO_ERROR));
static_assert(is(sockopt::keepalive, SOL_SOCKET, SO_KEEPALIVE) && is(sockopt::reuse_port, SOL_SOCKET, SO_REUSEPORT));
static_assert(is(sockopt::receive_timeout, SOL_SOCKET, SO_RCVTIMEO));
static_assert(is(sockopt::send_timeout, SOL_SOCKET, SO_SNDTIMEO));
static_assert(is(sockopt::tcp_nodelay, IPPROTO_TCP, TCP_NODELAY));
static_assert(is(sockopt::ipv6_v6only, IPPROTO_IPV6, IPV6_V6ONLY));

const sockaddr* to_system(const SocketAddress& address) noexcept { return reinterpret_cast<const sockaddr*>(&address); }

sockaddr* to_system(SocketAddress& address) noexcept { return reinterpret_cast<sockaddr*>(&address); }

}  // namespace

Result<OwnedFd> socket(AddressFamily family, SocketType type, SocketFlags flags, SocketProtocol protocol) noexcept {
    const int opened = ::socket(static_cast<int>(family), static_cast<int>(type) | static_cast<int>(flags),
                                static_cast<int>(protocol));
    if (opened < 0) [[unlikely]] {
        return last_error();
    }
    return Result<OwnedFd>(std::in_place, opened);
}

Result<void> bind(BorrowedFd fd, const SocketAddress& address, std::size_t length) noexcept {
    return check(::bind(fd.raw(), to_system(address), static_cast<socklen_t>(length)));
}

Result<void> listen(BorrowedFd fd, std::int32_t backlog) noexcept { return check(::listen(fd.raw(), backlog)); }

Result<OwnedFd> accept4(BorrowedFd fd, SocketAddress& peer, std::size_t& length, SocketFlags flags) noexcept {
    socklen_t size = sizeof peer;
    const int accepted = ::accept4(fd.raw(), to_system(peer), &size, static_cast<int>(flags));
    if (accepted < 0) [[unlikely]] {
        return last_error();
    }
    length = size;
    return Result<OwnedFd>(std::in_place, accepted);
}

Result<void> connect(BorrowedFd fd, const SocketAddress& address, std::size_t length) noexcept {
    return check(::connect(fd.raw(), to_system(address), static_cast<socklen_t>(length)));
}

Result<void> shutdown(BorrowedFd fd, ShutdownHow how) noexcept {
    return check(::shutdown(fd.raw(), static_cast<int>(how)));
}

Result<std::size_t> getsockname(BorrowedFd fd, SocketAddress& target) noexcept {
    socklen_t size = sizeof target;
    if (::getsockname(fd.raw(), to_system(target), &size) < 0) [[unlikely]] {
        return last_error();
    }
    return std::size_t{size};
}

Result<std::size_t> getpeername(BorrowedFd fd, SocketAddress& target) noexcept {
    socklen_t size = sizeof target;
    if (::getpeername(fd.raw(), to_system(target), &size) < 0) [[unlikely]] {
        return last_error();
    }
    return std::size_t{size};
}

Result<void> setsockopt(BorrowedFd fd, std::int32_t level, std::int32_t name,
                        std::span<const std::byte> value) noexcept {
    return check(::setsockopt(fd.raw(), level, name, value.data(), static_cast<socklen_t>(value.size())));
}

Result<std::size_t> getsockopt(BorrowedFd fd, std::int32_t level, std::int32_t name,
                               std::span<std::byte> target) noexcept {
    auto size = static_cast<socklen_t>(target.size());
    if (::getsockopt(fd.raw(), level, name, target.data(), &size) < 0) [[unlikely]] {
        return last_error();
    }
    return std::size_t{size};
}

Result<std::size_t> recv(BorrowedFd fd, std::span<std::byte> target, MessageFlags flags) noexcept {
    return check_count(::recv(fd.raw(), target.data(), target.size(), static_cast<int>(flags)));
}

Result<std::size_t> send(BorrowedFd fd, std::span<const std::byte> source, MessageFlags flags) noexcept {
    return check_count(::send(fd.raw(), source.data(), source.size(), static_cast<int>(flags)));
}

}  // namespace weld::sys
