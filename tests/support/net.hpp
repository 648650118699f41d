// SPDX-License-Identifier: MIT
//
// Helpers of network tests: loopback, Connection, Crowd, reset.
#pragma once

#include <support/words.hpp>

#include <weld/model.hpp>
#include <weld/net.hpp>
#include <weld/os/unix.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <ostream>
#include <utility>
#include <vector>

namespace weld::net {

/// For Catch2's reports.
inline std::ostream& operator<<(std::ostream& out, const SocketAddr& address) { return out << address.to_string(); }
inline std::ostream& operator<<(std::ostream& out, const IpAddr& address) { return out << address.to_string(); }

}  // namespace weld::net

namespace test {

/// 127.0.0.1 with port zero, for any free port.
constexpr weld::net::SocketAddr loopback() { return {weld::net::Ipv4Addr::localhost(), 0}; }
constexpr weld::net::SocketAddr loopback_ipv6() { return {weld::net::Ipv6Addr::localhost(), 0}; }

inline bool has_ipv6() { return weld::net::TcpListener::bind(loopback_ipv6()).has_value(); }

/// Both ends of a connection, as streams of `Model`.
template <class Model>
struct ConnectionOf {
    typename Model::TcpStream client;
    typename Model::TcpStream server;

    static ConnectionOf make(const weld::net::SocketAddr& address = loopback()) {
        const auto listener = must(Model::TcpListener::bind(address));
        auto client = must(Model::TcpStream::connect(must(listener.local_addr())));
        auto accepted = must(listener.accept());
        return {.client = std::move(client), .server = std::move(accepted.stream)};
    }
};
using Connection = ConnectionOf<weld::Model>;

/// A listener whose backlog is full: a connect waits until somebody accepts.
template <class Model>
struct CrowdOf {
    typename Model::TcpListener listener = must(Model::TcpListener::bind(loopback(), {.backlog = 0}));
    weld::net::SocketAddr address = must(listener.local_addr());
    std::vector<typename Model::TcpStream> waiting{};

    CrowdOf() {
        for (int tries = 0; tries < 16; ++tries) {
            auto stream = Model::TcpStream::connect_timeout(address, std::chrono::milliseconds(100));
            if (!stream) {
                REQUIRE(stream.error() == weld::Kind::TimedOut);
                return;
            }
            waiting.push_back(std::move(*stream));
        }
        FAIL("the listener's backlog never fills up");
    }
};
using Crowd = CrowdOf<weld::Model>;

/// Closes `stream` so that the peer gets a reset (RST).
template <class TcpStream>
void reset(TcpStream stream) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    REQUIRE(::setsockopt(weld::os::fd(stream), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    must(std::move(stream).close());
}

/// Whether a child process would inherit `object`.
template <class T>
bool is_inherited(const T& object) {
    return ::fcntl(weld::os::fd(object), F_GETFD) != FD_CLOEXEC;
}

}  // namespace test
