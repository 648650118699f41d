// SPDX-License-Identifier: MIT
//
// udp: sockets of UDP.

#include <netinet/in.h>

#include "runtime_2014/native/factory.hpp"
#include "runtime_2014/native/socket.hpp"

namespace runtime_2014::native {
namespace {

class UdpSocket final : public RtioUdpSocket {
public:
    explicit UdpSocket(Socket socket) : socket_(std::move(socket)) {}

    IoResult<SocketAddr> socket_name() override { return socket_.name(::getsockname); }

    IoResult<std::pair<std::size_t, SocketAddr>> recv_from(std::span<std::byte> buffer) override {
        Storage from;
        const auto count = read_until(socket_.fd(), socket_.read_deadline, MSG_DONTWAIT, [&](int flags) {
            from.size = sizeof from.storage;
            return ::recvfrom(socket_.fd(), buffer.data(), buffer.size(), flags, from.raw(), &from.size);
        });
        if (!count) {
            return std::unexpected(count.error());
        }
        auto address = from.address();
        if (!address) {
            return std::unexpected(std::move(address).error());
        }
        return std::pair(*count, *address);
    }

    IoResult<void> send_to(std::span<const std::byte> bytes, SocketAddr to) override {
        Storage address(to);
        return write_until(socket_.fd(), socket_.write_deadline, MSG_DONTWAIT, bytes,
                           [&](std::span<const std::byte> rest, int flags) {
                               return ::sendto(socket_.fd(), rest.data(), rest.size(), flags | MSG_NOSIGNAL,
                                               address.raw(), address.size);
                           });
    }

    IoResult<void> join_multicast(SocketAddr group) override {
        return membership(group, IP_ADD_MEMBERSHIP, IPV6_ADD_MEMBERSHIP);
    }
    IoResult<void> leave_multicast(SocketAddr group) override {
        return membership(group, IP_DROP_MEMBERSHIP, IPV6_DROP_MEMBERSHIP);
    }
    IoResult<void> loop_multicast_locally() override { return socket_.set(IPPROTO_IP, IP_MULTICAST_LOOP, 1); }
    IoResult<void> dont_loop_multicast_locally() override { return socket_.set(IPPROTO_IP, IP_MULTICAST_LOOP, 0); }
    IoResult<void> multicast_time_to_live(int ttl) override { return socket_.set(IPPROTO_IP, IP_MULTICAST_TTL, ttl); }
    IoResult<void> time_to_live(int ttl) override { return socket_.set(IPPROTO_IP, IP_TTL, ttl); }
    IoResult<void> hear_broadcasts() override { return socket_.set(SOL_SOCKET, SO_BROADCAST, 1); }
    IoResult<void> ignore_broadcasts() override { return socket_.set(SOL_SOCKET, SO_BROADCAST, 0); }
    std::unique_ptr<RtioUdpSocket> clone() override { return std::make_unique<UdpSocket>(Socket(socket_.shared())); }
    void set_timeout(Deadline timeout) override {
        socket_.set_read_timeout(timeout);
        socket_.set_write_timeout(timeout);
    }
    void set_read_timeout(Deadline timeout) override { socket_.set_read_timeout(timeout); }
    void set_write_timeout(Deadline timeout) override { socket_.set_write_timeout(timeout); }

private:
    IoResult<void> membership(const SocketAddr& group, int option, int option_v6) {
        if (group.v6) {
            ipv6_mreq request{};
            std::memcpy(&request.ipv6mr_multiaddr, group.ip.data(), 16);
            return done(::setsockopt(socket_.fd(), IPPROTO_IPV6, option_v6, &request, sizeof request));
        }
        ip_mreq request{};
        std::memcpy(&request.imr_multiaddr, group.ip.data(), 4);
        return done(::setsockopt(socket_.fd(), IPPROTO_IP, option, &request, sizeof request));
    }

    Socket socket_;
};

}  // namespace

IoResult<std::unique_ptr<RtioUdpSocket>> udp_bind(const SocketAddr& address) {
    auto socket = new_socket(address.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM);
    if (!socket) {
        return std::unexpected(std::move(socket).error());
    }
    Storage storage(address);
    if (::bind(socket->fd(), storage.raw(), storage.size) == -1) {
        return last_error();
    }
    return std::make_unique<UdpSocket>(*std::move(socket));
}

}  // namespace runtime_2014::native
