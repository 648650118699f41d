// SPDX-License-Identifier: MIT
#include "fault.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <string>
#include <utility>

namespace fault {

namespace {

thread_local Faults* current = nullptr;

/// The plan for a call of `name`; without one, a plan that changes nothing.
Plan plan_for(std::string_view name) {
    Faults* faults = std::exchange(current, nullptr);  // calls that the counting itself makes are not counted
    const Plan plan = faults != nullptr ? faults->next(name) : Plan{.call = name};
    current = faults;
    return plan;
}

/// Whether a call of `name` fails; then errno is set.
bool fails(std::string_view name) {
    const int error = plan_for(name).error;
    if (error != 0) {
        errno = error;
    }
    return error != 0;
}

template <class... Arguments>
long ask(long number, Arguments... arguments) {
    return ::syscall(number, arguments...);
}

/// `count`, cut by the plan; -1 when the call fails.
ssize_t cut(std::string_view name, std::size_t count) {
    const Plan plan = plan_for(name);
    if (plan.error != 0) {
        errno = plan.error;
        return -1;
    }
    return static_cast<ssize_t>(std::min(count, plan.at_most));
}

}  // namespace

Faults::Faults(std::vector<Plan> plans) : plans_(std::move(plans)) { current = this; }

Faults::~Faults() { current = nullptr; }

std::size_t Faults::calls(std::string_view call) const {
    const auto found = calls_.find(call);
    return found == calls_.end() ? 0 : found->second;
}

Plan Faults::next(std::string_view call) {
    const std::size_t number = ++calls_[std::string(call)];
    const auto found = std::ranges::find_if(plans_, [&](const Plan& plan) {
        return plan.call == call && number >= plan.first && number - plan.first < plan.times;
    });
    return found == plans_.end() ? Plan{.call = call} : *found;
}

}  // namespace fault

using fault::ask;
using fault::cut;
using fault::fails;

// The functions that libsys calls, with the declarations of libc.
extern "C" {

int openat(int at, const char* path, int flags, ...) {
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return fails("openat") ? -1 : static_cast<int>(ask(SYS_openat, at, path, flags, mode));
}

int fcntl(int fd, int command, ...) {
    std::va_list more;
    va_start(more, command);
    const long argument = va_arg(more, long);
    va_end(more);
    return fails("fcntl") ? -1 : static_cast<int>(ask(SYS_fcntl, fd, command, argument));
}

// The descriptor is closed all the same, as on Linux.
int close(int fd) {
    const bool failed = fails("close");
    const int error = errno;
    const int closed = static_cast<int>(ask(SYS_close, fd));
    if (failed) {
        errno = error;
        return -1;
    }
    return closed;
}

ssize_t read(int fd, void* target, size_t size) {
    const ssize_t count = cut("read", size);
    return count < 0 ? -1 : ask(SYS_read, fd, target, count);
}

ssize_t write(int fd, const void* source, size_t size) {
    const ssize_t count = cut("write", size);
    return count < 0 ? -1 : ask(SYS_write, fd, source, count);
}

ssize_t pread(int fd, void* target, size_t size, off_t offset) {
    const ssize_t count = cut("pread", size);
    return count < 0 ? -1 : ask(SYS_pread64, fd, target, count, offset);
}

ssize_t pwrite(int fd, const void* source, size_t size, off_t offset) {
    const ssize_t count = cut("pwrite", size);
    return count < 0 ? -1 : ask(SYS_pwrite64, fd, source, count, offset);
}

ssize_t readv(int fd, const iovec* slices, int count) {
    return fails("readv") ? -1 : ask(SYS_readv, fd, slices, count);
}

ssize_t writev(int fd, const iovec* slices, int count) {
    return fails("writev") ? -1 : ask(SYS_writev, fd, slices, count);
}

ssize_t preadv(int fd, const iovec* slices, int count, off_t offset) {
    return fails("preadv") ? -1 : ask(SYS_preadv, fd, slices, count, offset, 0);
}

ssize_t pwritev(int fd, const iovec* slices, int count, off_t offset) {
    return fails("pwritev") ? -1 : ask(SYS_pwritev, fd, slices, count, offset, 0);
}

ssize_t pwritev2(int fd, const iovec* slices, int count, off_t offset, int flags) {
    return fails("pwritev2") ? -1 : ask(SYS_pwritev2, fd, slices, count, offset, 0, flags);
}

ssize_t copy_file_range(int from, off64_t* from_offset, int to, off64_t* to_offset, size_t size, unsigned flags) {
    const ssize_t count = cut("copy_file_range", size);
    return count < 0 ? -1 : ask(SYS_copy_file_range, from, from_offset, to, to_offset, count, flags);
}

ssize_t getdents64(int fd, void* target, size_t size) noexcept {
    return fails("getdents64") ? -1 : ask(SYS_getdents64, fd, target, size);
}

ssize_t getrandom(void* target, size_t size, unsigned flags) {
    return fails("getrandom") ? -1 : ask(SYS_getrandom, target, size, flags);
}

off_t lseek(int fd, off_t offset, int whence) noexcept {
    return fails("lseek") ? -1 : ask(SYS_lseek, fd, offset, whence);
}

int fsync(int fd) { return fails("fsync") ? -1 : static_cast<int>(ask(SYS_fsync, fd)); }

int fdatasync(int fd) { return fails("fdatasync") ? -1 : static_cast<int>(ask(SYS_fdatasync, fd)); }

int ftruncate(int fd, off_t length) noexcept {
    return fails("ftruncate") ? -1 : static_cast<int>(ask(SYS_ftruncate, fd, length));
}

int fallocate(int fd, int mode, off_t offset, off_t length) {
    return fails("fallocate") ? -1 : static_cast<int>(ask(SYS_fallocate, fd, mode, offset, length));
}

// <fcntl.h> also has a struct flock.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
int flock(int fd, int operation) noexcept {
    return fails("flock") ? -1 : static_cast<int>(ask(SYS_flock, fd, operation));
}
#pragma GCC diagnostic pop

int statx(int at, const char* path, int flags, unsigned mask, struct statx* target) noexcept {
    return fails("statx") ? -1 : static_cast<int>(ask(SYS_statx, at, path, flags, mask, target));
}

int mkdirat(int at, const char* path, mode_t mode) noexcept {
    return fails("mkdirat") ? -1 : static_cast<int>(ask(SYS_mkdirat, at, path, mode));
}

int unlinkat(int at, const char* path, int flags) noexcept {
    return fails("unlinkat") ? -1 : static_cast<int>(ask(SYS_unlinkat, at, path, flags));
}

int renameat(int from_at, const char* from, int to_at, const char* to) noexcept {
    return fails("renameat") ? -1 : static_cast<int>(ask(SYS_renameat2, from_at, from, to_at, to, 0));
}

int linkat(int from_at, const char* from, int to_at, const char* to, int flags) noexcept {
    return fails("linkat") ? -1 : static_cast<int>(ask(SYS_linkat, from_at, from, to_at, to, flags));
}

int symlinkat(const char* target, int at, const char* path) noexcept {
    return fails("symlinkat") ? -1 : static_cast<int>(ask(SYS_symlinkat, target, at, path));
}

ssize_t readlinkat(int at, const char* path, char* target, size_t size) noexcept {
    return fails("readlinkat") ? -1 : ask(SYS_readlinkat, at, path, target, size);
}

int fchmod(int fd, mode_t mode) noexcept { return fails("fchmod") ? -1 : static_cast<int>(ask(SYS_fchmod, fd, mode)); }

// Uses /proc where a link must not be followed: only newer kernels have a call for that.
int fchmodat(int at, const char* path, mode_t mode, int flags) noexcept {
    if (fails("fchmodat")) {
        return -1;
    }
    if ((flags & AT_SYMLINK_NOFOLLOW) == 0) {
        return static_cast<int>(ask(SYS_fchmodat, at, path, mode));
    }
    const long opened = ask(SYS_openat, at, path, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
    if (opened < 0) {
        return -1;
    }
    const std::string link = "/proc/self/fd/" + std::to_string(opened);
    const int changed = static_cast<int>(ask(SYS_fchmodat, AT_FDCWD, link.c_str(), mode));
    (void)ask(SYS_close, opened);
    return changed;
}

int futimens(int fd, const timespec times[2]) noexcept {
    return fails("futimens") ? -1 : static_cast<int>(ask(SYS_utimensat, fd, nullptr, times, 0));
}

int pipe2(int* ends, int flags) noexcept { return fails("pipe2") ? -1 : static_cast<int>(ask(SYS_pipe2, ends, flags)); }

int poll(pollfd* entries, nfds_t count, int milliseconds) {
    const timespec timeout{.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1'000'000L};
    return fails("poll")
               ? -1
               : static_cast<int>(ask(SYS_ppoll, entries, count, milliseconds < 0 ? nullptr : &timeout, nullptr, 0));
}

int waitid(idtype_t which, id_t number, siginfo_t* info, int options) {
    return fails("waitid") ? -1 : static_cast<int>(ask(SYS_waitid, which, number, info, options, nullptr));
}

int mprotect(void* address, size_t size, int protection) noexcept {
    return fails("mprotect") ? -1 : static_cast<int>(ask(SYS_mprotect, address, size, protection));
}

// clone by its second name, which libsys calls.
int __clone(int (*entry)(void*), void* stack, int flags, void* argument, ...) noexcept {
    std::va_list more;
    va_start(more, argument);
    auto* const pidfd = va_arg(more, pid_t*);
    va_end(more);
    return fails("clone") ? -1 : ::clone(entry, stack, flags, argument, pidfd, nullptr, nullptr);
}

}  // extern "C"
