// SPDX-License-Identifier: MIT
//
// Calls in which the C library itself waits: its streams, name resolution (DNS), the shell. The calls that the C
// library makes meanwhile are not reported again. Formatted reading and all writing to streams are not seen, because
// they reach descriptors inside the C library.
#include "libc_fortified.hpp"
#include "lint.hpp"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include <cstddef>

using namespace green::lint;

#pragma GCC visibility push(default)
extern "C" {

// ---- streams ------------------------------------------------------------------------------------------

std::size_t fread(void* target, std::size_t size, std::size_t count, FILE* stream) {
    static constinit Real<decltype(::fread)> real;
    reads(::fileno(stream));
    return real(target, size, count, stream);
}

std::size_t __fread_chk(void* target, std::size_t room, std::size_t size, std::size_t count, FILE* stream) {
    static constinit Real<decltype(::__fread_chk)> real;
    reads(::fileno(stream), "fread");
    return real(target, room, size, count, stream);
}

char* fgets(char* target, int count, FILE* stream) {
    static constinit Real<decltype(::fgets)> real;
    reads(::fileno(stream));
    return real(target, count, stream);
}

char* __fgets_chk(char* target, std::size_t room, int count, FILE* stream) {
    static constinit Real<decltype(::__fgets_chk)> real;
    reads(::fileno(stream), "fgets");
    return real(target, room, count, stream);
}

ssize_t getline(char** target, std::size_t* size, FILE* stream) {
    static constinit Real<decltype(::getline)> real;
    reads(::fileno(stream));
    return real(target, size, stream);
}

ssize_t getdelim(char** target, std::size_t* size, int end, FILE* stream) {
    static constinit Real<decltype(::getdelim)> real;
    reads(::fileno(stream));
    return real(target, size, end, stream);
}

// The function that the header calls for `getline` where it optimises.
ssize_t __getdelim(char** target, std::size_t* size, int end, FILE* stream) {
    static constinit Real<decltype(::__getdelim)> real;
    reads(::fileno(stream), "getline");
    return real(target, size, end, stream);
}

int fgetc(FILE* stream) {
    static constinit Real<decltype(::fgetc)> real;
    reads(::fileno(stream));
    return real(stream);
}

int getc(FILE* stream) {
    static constinit Real<decltype(::getc)> real;
    reads(::fileno(stream));
    return real(stream);
}

int getchar() {
    static constinit Real<decltype(::getchar)> real;
    reads(::fileno(stdin));
    return real();
}

// ---- name resolution ------------------------------------------------------------------------------------

int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
    static constinit Real<decltype(::getaddrinfo)> real;
    if (host != nullptr && (hints == nullptr || (hints->ai_flags & AI_NUMERICHOST) == 0)) {
        waits();
    }
    const Quiet inner;
    return real(host, service, hints, found);
}

int getnameinfo(const sockaddr* address, socklen_t length, char* host, socklen_t host_size, char* service,
                socklen_t service_size, int flags) {
    static constinit Real<decltype(::getnameinfo)> real;
    if (host != nullptr && (flags & NI_NUMERICHOST) == 0) {
        waits();
    }
    const Quiet inner;
    return real(address, length, host, host_size, service, service_size, flags);
}

hostent* gethostbyname(const char* name) {
    static constinit Real<decltype(::gethostbyname)> real;
    waits();
    const Quiet inner;
    return real(name);
}

hostent* gethostbyaddr(const void* address, socklen_t length, int family) {
    static constinit Real<decltype(::gethostbyaddr)> real;
    waits();
    const Quiet inner;
    return real(address, length, family);
}

// ---- the shell ----------------------------------------------------------------------------------------

int system(const char* command) {
    static constinit Real<decltype(::system)> real;
    if (command != nullptr) {
        waits();
    }
    const Quiet inner;
    return real(command);
}

int pclose(FILE* stream) {
    static constinit Real<decltype(::pclose)> real;
    waits();
    const Quiet inner;
    return real(stream);
}
}
#pragma GCC visibility pop
