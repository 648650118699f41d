// SPDX-License-Identifier: MIT
//
// Calls on sockets.
#include "libc_fortified.hpp"
#include "lint.hpp"

#include <sys/socket.h>

#include <cstddef>

using namespace green::lint;

#pragma GCC visibility push(default)
extern "C" {

ssize_t recv(int socket, void* target, std::size_t count, int flags) {
    static constinit Real<decltype(::recv)> real;
    receives(socket, flags);
    return real(socket, target, count, flags);
}

ssize_t __recv_chk(int socket, void* target, std::size_t count, std::size_t size, int flags) {
    static constinit Real<decltype(::__recv_chk)> real;
    receives(socket, flags, "recv");
    return real(socket, target, count, size, flags);
}

ssize_t recvfrom(int socket, void* target, std::size_t count, int flags, sockaddr* address, socklen_t* length) {
    static constinit Real<decltype(::recvfrom)> real;
    receives(socket, flags);
    return real(socket, target, count, flags, address, length);
}

ssize_t __recvfrom_chk(int socket, void* target, std::size_t count, std::size_t size, int flags, sockaddr* address,
                       socklen_t* length) {
    static constinit Real<decltype(::__recvfrom_chk)> real;
    receives(socket, flags, "recvfrom");
    return real(socket, target, count, size, flags, address, length);
}

ssize_t recvmsg(int socket, msghdr* message, int flags) {
    static constinit Real<decltype(::recvmsg)> real;
    receives(socket, flags);
    return real(socket, message, flags);
}

int recvmmsg(int socket, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
    static constinit Real<decltype(::recvmmsg)> real;
    receives(socket, flags);
    return real(socket, messages, count, flags, timeout);
}

ssize_t send(int socket, const void* source, std::size_t count, int flags) {
    static constinit Real<decltype(::send)> real;
    sends(socket, flags);
    return real(socket, source, count, flags);
}

ssize_t sendto(int socket, const void* source, std::size_t count, int flags, const sockaddr* address,
               socklen_t length) {
    static constinit Real<decltype(::sendto)> real;
    sends(socket, flags);
    return real(socket, source, count, flags, address, length);
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    static constinit Real<decltype(::sendmsg)> real;
    sends(socket, flags);
    return real(socket, message, flags);
}

int sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
    static constinit Real<decltype(::sendmmsg)> real;
    sends(socket, flags);
    return real(socket, messages, count, flags);
}

int accept(int socket, sockaddr* address, socklen_t* length) {
    static constinit Real<decltype(::accept)> real;
    reads(socket);
    return real(socket, address, length);
}

int accept4(int socket, sockaddr* address, socklen_t* length, int flags) {
    static constinit Real<decltype(::accept4)> real;
    reads(socket);
    return real(socket, address, length, flags);
}

int connect(int socket, const sockaddr* address, socklen_t length) {
    static constinit Real<decltype(::connect)> real;
    writes(socket);
    return real(socket, address, length);
}
}
#pragma GCC visibility pop
