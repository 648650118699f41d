// SPDX-License-Identifier: MIT
#include <weld/sys/linux/sched.hpp>

#include "../posix/check.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

namespace weld::sys {

static_assert(sizeof(ThreadId) == sizeof(pid_t));

ThreadId gettid() noexcept { return static_cast<ThreadId>(::gettid()); }

Result<void> tgkill(ThreadId thread, Signal signal) noexcept {
    return check(::tgkill(::getpid(), static_cast<pid_t>(thread), static_cast<int>(signal)));
}

std::int32_t getpid() noexcept { return ::getpid(); }

// The system call itself: unlike glibc's function it says how long the kernel's mask is.
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

}  // namespace weld::sys
