// SPDX-License-Identifier: MIT
#include <weld/sys/posix/process.hpp>

#include "check.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <utility>

namespace weld::sys {

static_assert(sizeof(ProcessId) == sizeof(pid_t));
static_assert(std::to_underlying(WaitFor::Any) == P_ALL && std::to_underlying(WaitFor::Process) == P_PID);
static_assert(std::to_underlying(WaitFor::Group) == P_PGID && std::to_underlying(WaitFor::Pidfd) == P_PIDFD);
static_assert(std::to_underlying(WaitOptions::NoHang) == WNOHANG &&
              std::to_underlying(WaitOptions::Stopped) == WSTOPPED);
static_assert(std::to_underlying(WaitOptions::Exited) == WEXITED &&
              std::to_underlying(WaitOptions::Continued) == WCONTINUED);
static_assert(std::to_underlying(WaitOptions::NoWait) == WNOWAIT);
static_assert(std::to_underlying(WaitOptions::OfThread) == __WNOTHREAD &&
              std::to_underlying(WaitOptions::OfAnyKind) == __WALL);
static_assert(std::to_underlying(ChildCode::Exited) == CLD_EXITED &&
              std::to_underlying(ChildCode::Killed) == CLD_KILLED);
static_assert(std::to_underlying(ChildCode::Dumped) == CLD_DUMPED &&
              std::to_underlying(ChildCode::Trapped) == CLD_TRAPPED);
static_assert(std::to_underlying(ChildCode::Stopped) == CLD_STOPPED &&
              std::to_underlying(ChildCode::Continued) == CLD_CONTINUED);

ProcessId getppid() noexcept { return static_cast<ProcessId>(::getppid()); }

Result<ProcessId> fork() noexcept {
    const pid_t made = ::fork();
    if (made < 0) {
        return last_error();
    }
    return static_cast<ProcessId>(made);
}

Result<void> kill(ProcessId process, Signal signal) noexcept {
    return check(::kill(static_cast<pid_t>(process), static_cast<int>(signal)));
}

Result<ChildChange> waitid(WaitFor which, std::int32_t number, WaitOptions options) noexcept {
    siginfo_t info{};  // only some kernels clear it when no child changed
    const auto what = static_cast<idtype_t>(which);
    if (::waitid(what, static_cast<id_t>(number), &info, static_cast<int>(options)) != 0) {
        return last_error();
    }
    return ChildChange{.process = static_cast<ProcessId>(info.si_pid),
                       .code = static_cast<ChildCode>(info.si_code),
                       .status = info.si_status};
}

Result<void> setpgid(ProcessId process, ProcessId group) noexcept {
    return check(::setpgid(static_cast<pid_t>(process), static_cast<pid_t>(group)));
}

Result<void> setsid() noexcept { return check(::setsid()); }

}  // namespace weld::sys
