// SPDX-License-Identifier: MIT
//
// libc_fortified: functions of the C library that none of its headers declares. Compilers call them in programs
// compiled with _FORTIFY_SOURCE, to have buffer sizes checked that they know.
#pragma once

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cstddef>

extern "C" {
ssize_t __read_chk(int descriptor, void* target, std::size_t count, std::size_t size);
ssize_t __pread_chk(int descriptor, void* target, std::size_t count, off_t offset, std::size_t size);
ssize_t __pread64_chk(int descriptor, void* target, std::size_t count, off64_t offset, std::size_t size);
ssize_t __recv_chk(int descriptor, void* target, std::size_t count, std::size_t size, int flags);
ssize_t __recvfrom_chk(int descriptor, void* target, std::size_t count, std::size_t size, int flags, sockaddr* address,
                       socklen_t* length);
int __open_2(const char* path, int flags);
int __open64_2(const char* path, int flags);
int __openat_2(int folder, const char* path, int flags);
int __openat64_2(int folder, const char* path, int flags);
int __poll_chk(pollfd* polled, nfds_t count, int timeout, std::size_t size);
int __ppoll_chk(pollfd* polled, nfds_t count, const timespec* timeout, const sigset_t* signals, std::size_t size);
std::size_t __fread_chk(void* target, std::size_t room, std::size_t size, std::size_t count, FILE* stream);
char* __fgets_chk(char* target, std::size_t room, int count, FILE* stream);
}
