// SPDX-License-Identifier: MIT
//
// Sockets: socket, bind, listen, accept4, connect, shutdown, getsockname, getpeername, setsockopt, getsockopt,
// recv, send.
//
// One function, one system call; nothing retries. An address is passed as the system takes it: storage for an address
// of any family, and the number of bytes used. Without `SocketFlags::CloseOnExec` a child process inherits the
// descriptor that `socket` or `accept4` opens. Without `MessageFlags::NoSignal` a send to a closed connection raises
// SIGPIPE. Numbers inside an address are in network byte order.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace weld::sys {

/// AF_: address families.
enum class AddressFamily : std::uint16_t { Unspecified = 0, Inet = 2, Inet6 = 10 };

/// SOCK_: the type of a socket.
enum class SocketType : std::int32_t { Stream = 1 };

/// SOCK_: the flags of the descriptor of a new socket.
enum class SocketFlags : std::int32_t { None = 0, Nonblock = 04000, CloseOnExec = 02000000 };
template <>
inline constexpr bool is_flags<SocketFlags> = true;

/// IPPROTO_: `Default` is the usual protocol of the socket type.
enum class SocketProtocol : std::int32_t { Default = 0, Tcp = 6 };

/// SHUT_: the direction to shut down.
enum class ShutdownHow : std::int32_t { Read = 0, Write = 1, Both = 2 };

/// MSG_: how one message is received or sent.
enum class MessageFlags : std::int32_t { None = 0, Peek = 0x02, DontWait = 0x40, NoSignal = 0x4000 };
template <>
inline constexpr bool is_flags<MessageFlags> = true;

/// struct sockaddr_storage: storage for an address of any family.
struct SocketAddress {
    alignas(std::uint64_t) AddressFamily family;
    std::byte data[126];
};

/// struct sockaddr_in.
struct SocketAddressInet {
    AddressFamily family;
    std::uint16_t port;
    std::uint8_t address[4];
    std::uint8_t reserved[8];
};

/// struct sockaddr_in6. `scope_id` alone is in the CPU's byte order.
struct SocketAddressInet6 {
    AddressFamily family;
    std::uint16_t port;
    std::uint32_t flowinfo;
    std::uint8_t address[16];
    std::uint32_t scope_id;
};

/// struct timeval.
struct Timeval {
    std::int64_t seconds;
    std::int64_t microseconds;
};

/// An option of a socket: its level, its name, and the type of its value.
template <class Value>
struct SocketOption {
    std::int32_t level;
    std::int32_t name;
};

/// The options of socket(7), tcp(7) and ipv6(7) that weld uses. A number other than zero means yes.
namespace sockopt {

inline constexpr SocketOption<std::int32_t> reuse_addr{1, 2};     ///< SO_REUSEADDR
inline constexpr SocketOption<std::int32_t> error{1, 4};          ///< SO_ERROR: reading it resets it to zero
inline constexpr SocketOption<std::int32_t> keepalive{1, 9};      ///< SO_KEEPALIVE
inline constexpr SocketOption<std::int32_t> reuse_port{1, 15};    ///< SO_REUSEPORT
inline constexpr SocketOption<Timeval> receive_timeout{1, 20};    ///< SO_RCVTIMEO: zero for none
inline constexpr SocketOption<Timeval> send_timeout{1, 21};       ///< SO_SNDTIMEO: zero for none
inline constexpr SocketOption<std::int32_t> tcp_nodelay{6, 1};    ///< TCP_NODELAY
inline constexpr SocketOption<std::int32_t> ipv6_v6only{41, 26};  ///< IPV6_V6ONLY

}  // namespace sockopt

/// socket(2).
[[nodiscard]] WELD_API Result<OwnedFd> socket(AddressFamily family, SocketType type, SocketFlags flags,
                                              SocketProtocol protocol) noexcept;

/// bind(2) to the first `length` bytes of `address`.
[[nodiscard]] WELD_API Result<void> bind(BorrowedFd fd, const SocketAddress& address, std::size_t length) noexcept;

/// listen(2). The kernel clamps `backlog` to its own limit.
[[nodiscard]] WELD_API Result<void> listen(BorrowedFd fd, std::int32_t backlog) noexcept;

/// accept4(2): returns the next connection. Stores the peer's address in `peer` and the bytes it uses in `length`.
[[nodiscard]] WELD_API Result<OwnedFd> accept4(BorrowedFd fd, SocketAddress& peer, std::size_t& length,
                                               SocketFlags flags) noexcept;

/// connect(2) to the first `length` bytes of `address`. After `Errno::Intr` the kernel continues to connect: poll(2)
/// reports when it is done (`Out`), `sockopt::error` whether it succeeded.
[[nodiscard]] WELD_API Result<void> connect(BorrowedFd fd, const SocketAddress& address, std::size_t length) noexcept;

/// shutdown(2).
[[nodiscard]] WELD_API Result<void> shutdown(BorrowedFd fd, ShutdownHow how) noexcept;

/// getsockname(2): fills `target` with the local address and returns how many bytes it uses.
[[nodiscard]] WELD_API Result<std::size_t> getsockname(BorrowedFd fd, SocketAddress& target) noexcept;

/// getpeername(2): fills `target` with the peer's address and returns how many bytes it uses.
[[nodiscard]] WELD_API Result<std::size_t> getpeername(BorrowedFd fd, SocketAddress& target) noexcept;

/// setsockopt(2) of option `name` at `level`.
[[nodiscard]] WELD_API Result<void> setsockopt(BorrowedFd fd, std::int32_t level, std::int32_t name,
                                               std::span<const std::byte> value) noexcept;

/// getsockopt(2): fills the front of `target` with option `name` at `level` and returns how many bytes.
[[nodiscard]] WELD_API Result<std::size_t> getsockopt(BorrowedFd fd, std::int32_t level, std::int32_t name,
                                                      std::span<std::byte> target) noexcept;

/// setsockopt(2), typed: sets `option` to `value`.
template <class Value>
[[nodiscard]] Result<void> setsockopt(BorrowedFd fd, SocketOption<Value> option,
                                      const std::type_identity_t<Value>& value) noexcept {
    return setsockopt(fd, option.level, option.name, std::as_bytes(std::span(&value, 1)));
}

/// getsockopt(2), typed: the value of `option`.
template <class Value>
[[nodiscard]] Result<Value> getsockopt(BorrowedFd fd, SocketOption<Value> option) noexcept {
    Value value{};
    const auto size = getsockopt(fd, option.level, option.name, std::as_writable_bytes(std::span(&value, 1)));
    if (!size) {
        return std::unexpected(size.error());
    }
    return value;
}

/// recv(2): moves bytes from `fd` to the front of `target` and returns how many. Zero means end of stream, the
/// peer sends no more, unless `target` is empty.
[[nodiscard]] WELD_API Result<std::size_t> recv(BorrowedFd fd, std::span<std::byte> target,
                                                MessageFlags flags) noexcept;

/// send(2): moves bytes from the front of `source` to `fd` and returns how many.
[[nodiscard]] WELD_API Result<std::size_t> send(BorrowedFd fd, std::span<const std::byte> source,
                                                MessageFlags flags) noexcept;

}  // namespace weld::sys
