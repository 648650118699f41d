// SPDX-License-Identifier: MIT
//
// rtio_net: the half of the interface of 2014 for communication: TCP, UDP, pipes, name resolution.
//
// An IoFactory returns boxed objects. A deadline belongs to the object and not to its descriptor, which clones share;
// deadlines are milliseconds from now, none means to wait for ever.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "runtime_2014/rtio_error.hpp"

namespace runtime_2014::rtio {

using Deadline = std::optional<std::uint64_t>;

struct SocketAddr {
    bool v6 = false;
    std::array<std::uint8_t, 16> ip{};  // in network byte order; four of them where `v6` is false
    std::uint16_t port = 0;

    bool operator==(const SocketAddr&) const = default;
};

struct AddrinfoHint {
    int family = 0, socktype = 0, protocol = 0, flags = 0;
};

struct AddrinfoInfo {
    SocketAddr address;
    int family = 0, socktype = 0, protocol = 0, flags = 0;
};

class RtioSocket {
public:
    virtual ~RtioSocket() = default;
    virtual IoResult<SocketAddr> socket_name() = 0;
};

/// What all that waits has.
class RtioTimeouts {
public:
    virtual ~RtioTimeouts() = default;
    virtual void set_timeout(Deadline timeout) = 0;
    virtual void set_read_timeout(Deadline timeout) = 0;
    virtual void set_write_timeout(Deadline timeout) = 0;
};

class RtioTcpStream : public RtioSocket, public RtioTimeouts {
public:
    virtual IoResult<std::size_t> read(std::span<std::byte> buffer) = 0;
    virtual IoResult<void> write(std::span<const std::byte> bytes) = 0;
    virtual IoResult<SocketAddr> peer_name() = 0;
    virtual IoResult<void> control_congestion() = 0;
    virtual IoResult<void> nodelay() = 0;
    virtual IoResult<void> keepalive(std::size_t delay_in_seconds) = 0;
    virtual IoResult<void> letdie() = 0;
    virtual std::unique_ptr<RtioTcpStream> clone() = 0;
    virtual IoResult<void> close_write() = 0;
    virtual IoResult<void> close_read() = 0;
};

class RtioTcpAcceptor : public RtioSocket {
public:
    virtual IoResult<std::unique_ptr<RtioTcpStream>> accept() = 0;
    virtual IoResult<void> accept_simultaneously() = 0;
    virtual IoResult<void> dont_accept_simultaneously() = 0;
    virtual void set_timeout(Deadline timeout) = 0;
};

class RtioTcpListener : public RtioSocket {
public:
    /// Makes an acceptor of this listener, which cannot be used afterwards.
    virtual IoResult<std::unique_ptr<RtioTcpAcceptor>> listen() = 0;
};

class RtioUdpSocket : public RtioSocket, public RtioTimeouts {
public:
    virtual IoResult<std::pair<std::size_t, SocketAddr>> recv_from(std::span<std::byte> buffer) = 0;
    virtual IoResult<void> send_to(std::span<const std::byte> bytes, SocketAddr to) = 0;
    virtual IoResult<void> join_multicast(SocketAddr group) = 0;
    virtual IoResult<void> leave_multicast(SocketAddr group) = 0;
    virtual IoResult<void> loop_multicast_locally() = 0;
    virtual IoResult<void> dont_loop_multicast_locally() = 0;
    virtual IoResult<void> multicast_time_to_live(int ttl) = 0;
    virtual IoResult<void> time_to_live(int ttl) = 0;
    virtual IoResult<void> hear_broadcasts() = 0;
    virtual IoResult<void> ignore_broadcasts() = 0;
    virtual std::unique_ptr<RtioUdpSocket> clone() = 0;
};

/// A pipe, or a stream between two programs of one machine (Unix domain socket).
class RtioPipe : public RtioTimeouts {
public:
    virtual IoResult<std::size_t> read(std::span<std::byte> buffer) = 0;
    virtual IoResult<void> write(std::span<const std::byte> bytes) = 0;
    virtual std::unique_ptr<RtioPipe> clone() = 0;
    virtual IoResult<void> close_write() = 0;
    virtual IoResult<void> close_read() = 0;
};

class RtioUnixAcceptor {
public:
    virtual ~RtioUnixAcceptor() = default;
    virtual IoResult<std::unique_ptr<RtioPipe>> accept() = 0;
    virtual void set_timeout(Deadline timeout) = 0;
};

class RtioUnixListener {
public:
    virtual ~RtioUnixListener() = default;
    virtual IoResult<std::unique_ptr<RtioUnixAcceptor>> listen() = 0;
};

}  // namespace runtime_2014::rtio
