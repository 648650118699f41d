// SPDX-License-Identifier: MIT
//
// Calls on descriptors that block.
#include "calls.hpp"
#include "cases.hpp"

#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/sendfile.h>

#include <cerrno>
#include <cstring>

extern "C" ssize_t __read_chk(int descriptor, void* target, std::size_t count, std::size_t size);

namespace {

char buffer[64];

bool is_word(ssize_t count) { return count == 4 && std::memcmp(buffer, "word", 4) == 0; }

iovec as_vector() { return {.iov_base = buffer, .iov_len = sizeof buffer}; }

constexpr Case cases[] = {
    {"read", "read", "a pipe", [] { return is_word(::read(Pipe("word").out, buffer, 64)); }},
    {"read_chk", "read", "a pipe", [] { return is_word(::__read_chk(Pipe("word").out, buffer, 64, 64)); }},
    {"read_error", "read", "a pipe", [] { return ::read(Pipe().in, buffer, 64) == -1 && errno == EBADF; }},
    {"read_events", "read", "a source of events",
     [] { return ::read(Descriptor(::eventfd(1, 0)), buffer, 8) == 8 && buffer[0] == 1; }},
    {"readv", "readv", "a pipe",
     [] {
         const iovec vector = as_vector();
         return is_word(::readv(Pipe("word").out, &vector, 1));
     }},
    {"write", "write", "a pipe", [] { return ::write(Pipe().in, "word", 4) == 4; }},
    {"write_terminal", "write", "a terminal",
     [] { return ::write(Descriptor(::open("/dev/ptmx", O_RDWR | O_NOCTTY)), "w", 1) == 1; }},
    {"writev", "writev", "a pipe",
     [] {
         const iovec vector = as_vector();
         return ::writev(Pipe().in, &vector, 1) == 64;
     }},
    {"sendfile", "sendfile", "a pipe",
     [] { return ::sendfile(Pipe().in, Descriptor(opened_file()), nullptr, 1) == 0; }},
    {"splice", "splice", "a pipe", [] { return ::splice(Pipe("word").out, nullptr, Pipe().in, nullptr, 4, 0) == 4; }},
    {"open", "open", "", [] { return Descriptor(::open(Fifo().path.c_str(), O_RDONLY)) > 0; }},
    {"openat", "openat", "", [] { return Descriptor(::openat(AT_FDCWD, Fifo().path.c_str(), O_WRONLY)) > 0; }},
    {"fopen", "fopen", "",
     [] {
         std::FILE* file = ::fopen(Fifo().path.c_str(), "r");
         return file != nullptr && ::fclose(file) == 0;
     }},
    {"flock", "flock", "", [] { return ::flock(Descriptor(opened_file()), LOCK_EX) == 0; }},
    {"fcntl", "fcntl", "",
     [] {
         struct flock lock{};
         lock.l_type = F_WRLCK;
         return ::fcntl(Descriptor(opened_file()), F_OFD_SETLKW, &lock) == 0;
     }},
    {"lockf", "lockf", "", [] { return ::lockf(Descriptor(opened_file()), F_LOCK, 0) == 0; }},
    {"recv", "recv", "a socket", [] { return is_word(::recv(Sockets("word").out, buffer, 64, 0)); }},
    {"recv_error", "recv", "a socket",
     [] { return ::recv(Descriptor(::socket(AF_INET, SOCK_STREAM, 0)), buffer, 64, 0) == -1 && errno == ENOTCONN; }},
    {"recvfrom", "recvfrom", "a socket",
     [] { return is_word(::recvfrom(Sockets("word").out, buffer, 64, 0, nullptr, nullptr)); }},
    {"recvmsg", "recvmsg", "a socket",
     [] {
         iovec vector = as_vector();
         msghdr message{};
         message.msg_iov = &vector;
         message.msg_iovlen = 1;
         return is_word(::recvmsg(Sockets("word").out, &message, 0));
     }},
    {"send", "send", "a socket", [] { return ::send(Sockets().in, "word", 4, 0) == 4; }},
    {"sendto", "sendto", "a socket", [] { return ::sendto(Sockets().in, "word", 4, 0, nullptr, 0) == 4; }},
    {"sendmsg", "sendmsg", "a socket",
     [] {
         iovec vector = as_vector();
         msghdr message{};
         message.msg_iov = &vector;
         message.msg_iovlen = 1;
         return ::sendmsg(Sockets().in, &message, 0) == 64;
     }},
    {"connect", "connect", "a socket",
     [] {
         const Listener listener;
         const Descriptor client(::socket(AF_INET, SOCK_STREAM, 0));
         return ::connect(client, listener.as_any(), sizeof listener.address) == 0;
     }},
    {"accept", "accept", "a socket",
     [] {
         const Listener listener;
         const Client client(listener);
         return Descriptor(::accept(listener.socket, nullptr, nullptr)) > 0;
     }},
    {"accept4", "accept4", "a socket",
     [] {
         const Listener listener;
         const Client client(listener);
         return Descriptor(::accept4(listener.socket, nullptr, nullptr, SOCK_NONBLOCK)) > 0;
     }},
};

}  // namespace

const std::span<const Case> descriptor_cases = cases;
