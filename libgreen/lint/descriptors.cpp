// SPDX-License-Identifier: MIT
//
// Calls on file descriptors, except those of sockets alone. A program compiled with _FORTIFY_SOURCE calls the names
// with two underscores, one compiled with _FILE_OFFSET_BITS=64 those with a 64.
#include "libc_fortified.hpp"
#include "lint.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdarg>
#include <cstddef>
#include <cstring>

using namespace green::lint;

namespace {

/// The flags of open(2) to which fopen(3) translates `mode`, as far as waiting is concerned.
int flags_of(const char* mode) noexcept {
    return std::strchr(mode, '+') != nullptr ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
}

/// The argument that follows `flags`, if there is one.
::mode_t mode_in(std::va_list rest, int flags) noexcept {
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, ::mode_t) : 0;
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// ---- read and write -----------------------------------------------------------------------------------

ssize_t read(int descriptor, void* target, std::size_t count) {
    static constinit Real<decltype(::read)> real;
    reads(descriptor);
    return real(descriptor, target, count);
}

ssize_t __read_chk(int descriptor, void* target, std::size_t count, std::size_t size) {
    static constinit Real<decltype(::__read_chk)> real;
    reads(descriptor, "read");
    return real(descriptor, target, count, size);
}

ssize_t readv(int descriptor, const iovec* targets, int count) {
    static constinit Real<decltype(::readv)> real;
    reads(descriptor);
    return real(descriptor, targets, count);
}

ssize_t write(int descriptor, const void* source, std::size_t count) {
    static constinit Real<decltype(::write)> real;
    writes(descriptor);
    return real(descriptor, source, count);
}

ssize_t writev(int descriptor, const iovec* sources, int count) {
    static constinit Real<decltype(::writev)> real;
    writes(descriptor);
    return real(descriptor, sources, count);
}

ssize_t sendfile(int to, int from, off_t* offset, std::size_t count) noexcept {
    static constinit Real<decltype(::sendfile)> real;
    writes(to);
    return real(to, from, offset, count);
}

ssize_t sendfile64(int to, int from, off64_t* offset, std::size_t count) noexcept {
    static constinit Real<decltype(::sendfile64)> real;
    writes(to, "sendfile");
    return real(to, from, offset, count);
}

ssize_t splice(int from, off64_t* from_offset, int to, off64_t* to_offset, std::size_t count, unsigned flags) {
    static constinit Real<decltype(::splice)> real;
    if ((flags & SPLICE_F_NONBLOCK) == 0 && !reads(from)) {
        writes(to);
    }
    return real(from, from_offset, to, to_offset, count, flags);
}

// ---- files, at an offset and to the disk --------------------------------------------------------------

ssize_t pread(int descriptor, void* target, std::size_t count, off_t offset) {
    static constinit Real<decltype(::pread)> real;
    uses_file(descriptor);
    return real(descriptor, target, count, offset);
}

ssize_t pread64(int descriptor, void* target, std::size_t count, off64_t offset) {
    static constinit Real<decltype(::pread64)> real;
    uses_file(descriptor, "pread");
    return real(descriptor, target, count, offset);
}

ssize_t __pread_chk(int descriptor, void* target, std::size_t count, off_t offset, std::size_t size) {
    static constinit Real<decltype(::__pread_chk)> real;
    uses_file(descriptor, "pread");
    return real(descriptor, target, count, offset, size);
}

ssize_t __pread64_chk(int descriptor, void* target, std::size_t count, off64_t offset, std::size_t size) {
    static constinit Real<decltype(::__pread64_chk)> real;
    uses_file(descriptor, "pread");
    return real(descriptor, target, count, offset, size);
}

ssize_t preadv(int descriptor, const iovec* targets, int count, off_t offset) {
    static constinit Real<decltype(::preadv)> real;
    uses_file(descriptor);
    return real(descriptor, targets, count, offset);
}

ssize_t preadv64(int descriptor, const iovec* targets, int count, off64_t offset) {
    static constinit Real<decltype(::preadv64)> real;
    uses_file(descriptor, "preadv");
    return real(descriptor, targets, count, offset);
}

ssize_t pwrite(int descriptor, const void* source, std::size_t count, off_t offset) {
    static constinit Real<decltype(::pwrite)> real;
    uses_file(descriptor);
    return real(descriptor, source, count, offset);
}

ssize_t pwrite64(int descriptor, const void* source, std::size_t count, off64_t offset) {
    static constinit Real<decltype(::pwrite64)> real;
    uses_file(descriptor, "pwrite");
    return real(descriptor, source, count, offset);
}

ssize_t pwritev(int descriptor, const iovec* sources, int count, off_t offset) {
    static constinit Real<decltype(::pwritev)> real;
    uses_file(descriptor);
    return real(descriptor, sources, count, offset);
}

ssize_t pwritev64(int descriptor, const iovec* sources, int count, off64_t offset) {
    static constinit Real<decltype(::pwritev64)> real;
    uses_file(descriptor, "pwritev");
    return real(descriptor, sources, count, offset);
}

int fsync(int descriptor) {
    static constinit Real<decltype(::fsync)> real;
    uses_file(descriptor);
    return real(descriptor);
}

int fdatasync(int descriptor) {
    static constinit Real<decltype(::fdatasync)> real;
    uses_file(descriptor);
    return real(descriptor);
}

// ---- named pipes (FIFOs) --------------------------------------------------------------------------------

int open(const char* path, int flags, ...) {
    static constinit Real<decltype(::open)> real;
    std::va_list rest;
    va_start(rest, flags);
    const ::mode_t mode = mode_in(rest, flags);
    va_end(rest);
    opens(AT_FDCWD, path, flags);
    return real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    static constinit Real<decltype(::open64)> real;
    std::va_list rest;
    va_start(rest, flags);
    const ::mode_t mode = mode_in(rest, flags);
    va_end(rest);
    opens(AT_FDCWD, path, flags, "open");
    return real(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
    static constinit Real<decltype(::openat)> real;
    std::va_list rest;
    va_start(rest, flags);
    const ::mode_t mode = mode_in(rest, flags);
    va_end(rest);
    opens(folder, path, flags);
    return real(folder, path, flags, mode);
}

int openat64(int folder, const char* path, int flags, ...) {
    static constinit Real<decltype(::openat64)> real;
    std::va_list rest;
    va_start(rest, flags);
    const ::mode_t mode = mode_in(rest, flags);
    va_end(rest);
    opens(folder, path, flags, "openat");
    return real(folder, path, flags, mode);
}

int __open_2(const char* path, int flags) {
    static constinit Real<decltype(::__open_2)> real;
    opens(AT_FDCWD, path, flags, "open");
    return real(path, flags);
}

int __open64_2(const char* path, int flags) {
    static constinit Real<decltype(::__open64_2)> real;
    opens(AT_FDCWD, path, flags, "open");
    return real(path, flags);
}

int __openat_2(int folder, const char* path, int flags) {
    static constinit Real<decltype(::__openat_2)> real;
    opens(folder, path, flags, "openat");
    return real(folder, path, flags);
}

int __openat64_2(int folder, const char* path, int flags) {
    static constinit Real<decltype(::__openat64_2)> real;
    opens(folder, path, flags, "openat");
    return real(folder, path, flags);
}

FILE* fopen(const char* path, const char* mode) {
    static constinit Real<decltype(::fopen)> real;
    opens(AT_FDCWD, path, flags_of(mode));
    return real(path, mode);
}

FILE* fopen64(const char* path, const char* mode) {
    static constinit Real<decltype(::fopen64)> real;
    opens(AT_FDCWD, path, flags_of(mode), "fopen");
    return real(path, mode);
}

// ---- file locks -----------------------------------------------------------------------------------------

int flock(int descriptor, int operation) noexcept {
    static constinit Real<decltype(::flock)> real;
    if ((operation & (LOCK_NB | LOCK_UN)) == 0) {
        waits();
    }
    return real(descriptor, operation);
}

int fcntl(int descriptor, int command, ...) {
    static constinit Real<decltype(::fcntl)> real;
    std::va_list rest;
    va_start(rest, command);
    void* argument = va_arg(rest, void*);
    va_end(rest);
    if (command == F_SETLKW || command == F_OFD_SETLKW) {
        waits();
    }
    return real(descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...) {
    static constinit Real<decltype(::fcntl64)> real;
    std::va_list rest;
    va_start(rest, command);
    void* argument = va_arg(rest, void*);
    va_end(rest);
    if (command == F_SETLKW || command == F_OFD_SETLKW) {
        waits("fcntl");
    }
    return real(descriptor, command, argument);
}

int lockf(int descriptor, int command, off_t size) {
    static constinit Real<decltype(::lockf)> real;
    if (command == F_LOCK) {
        waits();
    }
    return real(descriptor, command, size);
}

int lockf64(int descriptor, int command, off64_t size) {
    static constinit Real<decltype(::lockf64)> real;
    if (command == F_LOCK) {
        waits("lockf");
    }
    return real(descriptor, command, size);
}
}
#pragma GCC visibility pop
