// SPDX-License-Identifier: MIT
#include <weld/sys/linux/sched.hpp>

#include "../posix/check.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

namespace weld::sys {

static_assert(sizeof(ThreadId) == sizeof(pid_t));

ThreadId gettid() noexcept { return static_cast<ThreadId>(::gettid()); }

Result<void> tgkill(ThreadId thread, Signal signal) noexcept {
    return check(::tgkill(::getpid(), static_cast<pid_t>(thread), static_cast<int>(signal)));
}

std::int32_t getpid() noexcept { return ::getpid(); }

// The raw system call: unlike glibc's function it returns the length of the kernel's mask.
Result<std::size_t> sched_getaffinity(ThreadId thread, std::span<std::uint64_t> mask) noexcept {
    const long bytes = ::syscall(SYS_sched_getaffinity, thread, mask.size_bytes(), mask.data());
    if (bytes < 0) [[unlikely]] {
        return last_error();
    }
    return static_cast<std::size_t>(bytes) / sizeof(std::uint64_t);
}

Result<void> sched_setaffinity(ThreadId thread, std::span<const std::uint64_t> mask) noexcept {
    return check(::syscall(SYS_sched_setaffinity, thread, mask.size_bytes(), mask.data()));
}

Result<std::int32_t> getpriority(ThreadId thread) noexcept {
    errno = 0;  // -1 is a nice value too
    const int nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(thread));
    if (nice == -1 && errno != 0) [[unlikely]] {
        return last_error();
    }
    return nice;
}

Result<void> setpriority(ThreadId thread, std::int32_t nice) noexcept {
    return check(::setpriority(PRIO_PROCESS, static_cast<id_t>(thread), nice));
}

}  // namespace weld::sys
