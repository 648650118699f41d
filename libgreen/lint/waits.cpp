// SPDX-License-Identifier: MIT
//
// Decides which calls block, from the descriptor at the time of the call, whether or not it happens to be ready: a
// report depends on what a program does, not on when its peers do it. A descriptor that is never slow, or slow only by
// its disk, does not count as one that waits.
#include "lint.hpp"
#include "report.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

namespace green::lint {

namespace {

enum class Use { Read, Write };

bool is_file(::mode_t mode) noexcept { return S_ISREG(mode) || S_ISDIR(mode) || S_ISBLK(mode); }

bool is_nonblocking(int descriptor) noexcept {
    const int flags = ::fcntl(descriptor, F_GETFL);
    return flags == -1 || (flags & O_NONBLOCK) != 0;
}

/// The kind of `descriptor`, if it makes its user wait; else null.
const char* what_waits(int descriptor, Use use) noexcept {
    struct ::stat found{};
    if (::fstat(descriptor, &found) != 0) {
        return nullptr;
    }
    if (is_file(found.st_mode)) {
        return reports_files() ? "a file" : nullptr;
    }
    if (is_nonblocking(descriptor)) {
        return nullptr;
    }
    switch (found.st_mode & S_IFMT) {
        case S_IFIFO: return "a pipe";
        case S_IFSOCK: return "a socket";
        case S_IFCHR: {
            constexpr unsigned memory = 1;  // /dev/null, zero, urandom
            if (::major(found.st_rdev) == memory) {
                return nullptr;
            }
            return ::isatty(descriptor) != 0 ? "a terminal" : "a device";
        }
        // An eventfd, a timerfd and the like, which can be full only in theory.
        default: return use == Use::Read ? "a source of events" : nullptr;
    }
}

bool uses(int descriptor, Use use, const char* call) noexcept {
    if (!is_watched()) {
        return false;
    }
    const int error = errno;
    const char* kind = what_waits(descriptor, use);
    if (kind != nullptr) {
        report(call, descriptor, kind);
    }
    errno = error;
    return kind != nullptr;
}

}  // namespace

void waits(const char* call) noexcept {
    if (is_watched()) {
        report(call, -1, nullptr);
    }
}

bool reads(int descriptor, const char* call) noexcept { return uses(descriptor, Use::Read, call); }

bool writes(int descriptor, const char* call) noexcept { return uses(descriptor, Use::Write, call); }

void receives(int descriptor, int flags, const char* call) noexcept {
    if ((flags & (MSG_DONTWAIT | MSG_ERRQUEUE)) == 0) {
        uses(descriptor, Use::Read, call);
    }
}

void sends(int descriptor, int flags, const char* call) noexcept {
    if ((flags & MSG_DONTWAIT) == 0) {
        uses(descriptor, Use::Write, call);
    }
}

void uses_file(int descriptor, const char* call) noexcept {
    if (!reports_files() || !is_watched()) {
        return;
    }
    const int error = errno;
    struct ::stat found{};
    if (::fstat(descriptor, &found) == 0 && is_file(found.st_mode)) {
        report(call, descriptor, "a file");
    }
    errno = error;
}

void opens(int folder, const char* path, int flags, const char* call) noexcept {
    if ((flags & (O_NONBLOCK | O_PATH)) != 0 || (flags & O_ACCMODE) == O_RDWR || !is_watched()) {
        return;
    }
    const int error = errno;
    struct ::stat found{};
    if (::fstatat(folder, path, &found, 0) == 0 && S_ISFIFO(found.st_mode)) {
        report(call, -1, nullptr);
    }
    errno = error;
}

}  // namespace green::lint
