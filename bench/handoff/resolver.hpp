// SPDX-License-Identifier: MIT
//
// ResolverCall: getaddrinfo(3) with a slow name server on 127.0.0.1, which answers that the name does not exist.
//
// The server is a native thread that answers one question. The asking thread has its own resolver state, in which the
// server is set just before; the process asks name servers only, whatever its nsswitch.conf says.
#pragma once

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <resolv.h>
#include <sys/socket.h>
#include <cstdint>
#include <cstdio>
#include <thread>

#include "call.hpp"

class ResolverCall : public Call {
public:
    explicit ResolverCall(std::uint64_t ns)
        : fd_(checked(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket")), address_(bind_to_loopback(fd_)) {
        checked(__nss_configure_lookup("hosts", "dns"), "__nss_configure_lookup");
        server_ = std::thread([this, ns] { answer(ns); });
    }
    ~ResolverCall() override { server_.join(); }

    void operator()() override {
        checked(res_ninit(&_res), "res_ninit");
        _res.nscount = 1;
        _res.nsaddr_list[0] = address_;
        addrinfo hints = {};
        hints.ai_family = AF_INET;  // one question only
        addrinfo* found = nullptr;
        const int error = getaddrinfo("nobody.invalid.", nullptr, &hints, &found);
        if (error != EAI_NONAME) {
            std::fprintf(stderr, "getaddrinfo: %s\n", error == 0 ? "found somebody" : gai_strerror(error));
            _exit(1);
        }
    }

private:
    static constexpr std::size_t most = 512;  // bytes of a datagram, RFC 1035

    static sockaddr_in bind_to_loopback(int fd) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t len = sizeof address;
        checked(bind(fd, reinterpret_cast<sockaddr*>(&address), len), "bind");
        checked(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &len), "getsockname");
        return address;
    }

    void answer(std::uint64_t ns) const {
        unsigned char message[most];
        sockaddr_in asker;
        socklen_t len = sizeof asker;
        const auto size = recvfrom(fd_, message, sizeof message, 0, reinterpret_cast<sockaddr*>(&asker), &len);
        if (checked(size, "recvfrom") < 4) {
            contender_die("a question without flags");
        }
        sleep_natively(ns);
        message[2] |= 0x80;  // a response,
        message[3] = 0x83;   // recursion available, NXDOMAIN; the question is unchanged
        const auto sent =
            sendto(fd_, message, static_cast<std::size_t>(size), 0, reinterpret_cast<sockaddr*>(&asker), len);
        checked(sent, "sendto");
    }

    int fd_;
    sockaddr_in address_;
    std::thread server_;
};
