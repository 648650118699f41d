// SPDX-License-Identifier: MIT
//
// process: fork and exec. All memory is allocated before the fork; a failed exec reports its errno through a pipe.

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <optional>
#include <string>

#include "runtime_2014/native/calls.hpp"
#include "runtime_2014/native/factory.hpp"

namespace runtime_2014::native {
namespace {

ProcessExit to_exit(int status) {
    if (WIFSIGNALED(status)) {
        return {.signaled = true, .number = WTERMSIG(status)};
    }
    return {.signaled = false, .number = WEXITSTATUS(status)};
}

class Process final : public RtioProcess {
public:
    explicit Process(pid_t pid) : pid_(pid) {}

    int id() const override { return pid_; }

    // An ended process is reaped first: its process id may belong to another process by now.
    IoResult<void> kill(int signal) override {
        if (!exit_) {
            reap(WNOHANG);
        }
        if (exit_) {
            return error_of(ESRCH);
        }
        return kill_process(pid_, signal);
    }

    // In 2014 waits with a deadline had their own thread, woken by SIGCHLD; this one polls.
    IoResult<ProcessExit> wait() override {
        while (!exit_) {
            if (auto reaped = reap(deadline_ == 0 ? 0 : WNOHANG); !reaped) {
                return std::unexpected(std::move(reaped).error());
            }
            if (!exit_) {
                if (now() >= deadline_) {
                    return error_of(ETIMEDOUT);
                }
                const timespec moment{.tv_sec = 0, .tv_nsec = 1000000};
                ::nanosleep(&moment, nullptr);
            }
        }
        return *exit_;
    }

    void set_timeout(Deadline timeout) override { deadline_ = to_deadline(timeout); }

private:
    IoResult<void> reap(int flags) {
        int status = 0;
        const pid_t pid = retry([&] { return ::waitpid(pid_, &status, flags); });
        if (pid == -1) {
            return last_error();
        }
        if (pid == pid_) {
            exit_ = to_exit(status);
        }
        return {};
    }

    pid_t pid_;
    std::uint64_t deadline_ = 0;
    std::optional<ProcessExit> exit_;
};

struct Fd {
    Fd() = default;
    explicit Fd(int descriptor) : fd(descriptor) {}
    Fd(Fd&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd, other.fd);
        return *this;
    }
    ~Fd() {
        if (fd != -1) {
            ::close(fd);
        }
    }
    int release() { return std::exchange(fd, -1); }

    int fd = -1;
};

struct PipeEnds {
    Fd read, write;
};

IoResult<PipeEnds> pipe_ends() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) == -1) {
        return last_error();
    }
    return PipeEnds{Fd(fds[0]), Fd(fds[1])};
}

// The work of the child between fork and exec, which allocates nothing.
struct Plan {
    const char* program;
    char* const* argv;
    char* const* envp;
    const char* cwd;
    std::array<int, 3> standard;  // the sources of descriptors 0, 1 and 2; none: the null device
    std::optional<std::size_t> uid, gid;
    bool detach;
    int report;
};

[[noreturn]] void give_up(const Plan& plan) {
    const int error = errno;
    (void)!::write(plan.report, &error, sizeof error);
    ::_exit(1);
}

void redirect(const Plan& plan) {
    std::array<int, 3> high{};
    for (int target = 0; target < 3; ++target) {  // moves sources out of the targets' way first
        const int from = plan.standard[target];
        const int fd = from != -1 ? from : ::open("/dev/null", target == 0 ? O_RDONLY : O_RDWR);
        if (fd == -1 || (high[target] = ::fcntl(fd, F_DUPFD_CLOEXEC, 3)) == -1) {
            give_up(plan);
        }
    }
    for (int target = 0; target < 3; ++target) {
        if (retry([&] { return ::dup2(high[target], target); }) == -1) {
            give_up(plan);
        }
    }
    // In 2014 all descriptors up to the limit were closed one by one.
    if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == -1) {
        give_up(plan);
    }
}

[[noreturn]] void become(Plan plan) {
    if (const int high = ::fcntl(plan.report, F_DUPFD_CLOEXEC, 3); high != -1) {
        plan.report = high;  // a number that no standard stream takes
    }
    redirect(plan);
    if (plan.gid && ::setgid(static_cast<gid_t>(*plan.gid)) == -1) {
        give_up(plan);
    }
    if (plan.uid) {
        (void)::setgroups(0, nullptr);  // allowed for root only, and needed for root only
        if (::setuid(static_cast<uid_t>(*plan.uid)) == -1) {
            give_up(plan);
        }
    }
    if (plan.detach) {
        (void)::setsid();
    }
    if (plan.cwd != nullptr && ::chdir(plan.cwd) == -1) {
        give_up(plan);
    }
    if (plan.envp != nullptr) {
        environ = const_cast<char**>(plan.envp);
    }
    ::execvp(plan.program, plan.argv);
    give_up(plan);
}

IoResult<std::unique_ptr<RtioProcess>> fork_and_exec(Plan plan) {
    auto report = pipe_ends();
    if (!report) {
        return std::unexpected(std::move(report).error());
    }
    plan.report = report->write.fd;
    const pid_t pid = ::fork();
    if (pid == -1) {
        return last_error();
    }
    if (pid == 0) {
        become(plan);
    }
    report->write = Fd();
    int error = 0;
    const auto size = retry([&] { return ::read(report->read.fd, &error, sizeof error); });
    if (size == sizeof error) {
        (void)retry([&] { return ::waitpid(pid, nullptr, 0); });
        return error_of(error);
    }
    return std::make_unique<Process>(pid);
}

// The two ends of a standard stream: the child's descriptor, and the object of the parent.
struct Ends {
    Fd child;
    std::unique_ptr<RtioPipe> parent;
    int inherited = -1;

    int fd() const { return inherited != -1 ? inherited : child.fd; }
};

IoResult<Ends> ends_of(const StdioContainer& stdio) {
    Ends ends;
    if (stdio.kind == Stdio::InheritFd) {
        ends.inherited = stdio.fd;
    } else if (stdio.kind == Stdio::CreatePipe) {
        auto pipe = pipe_ends();
        if (!pipe) {
            return std::unexpected(std::move(pipe).error());
        }
        ends.child = std::move(stdio.readable ? pipe->read : pipe->write);
        ends.parent = pipe_from_fd((stdio.readable ? pipe->write : pipe->read).release());
    }
    return ends;
}

std::vector<char*> to_argv(const ProcessConfig& config) {
    std::vector<char*> argv{const_cast<char*>(config.program->as_ptr())};
    for (const auto& argument : *config.args) {
        argv.push_back(const_cast<char*>(argument.as_ptr()));
    }
    argv.push_back(nullptr);
    return argv;
}

std::vector<std::string> to_environment(const ProcessConfig& config) {
    std::vector<std::string> environment;
    if (config.env != nullptr) {
        for (const auto& [name, value] : *config.env) {
            environment.push_back(std::string(name.as_ptr()) + '=' + value.as_ptr());
        }
    }
    return environment;
}

}  // namespace

IoResult<IoFactory::Spawned> spawn_process(const ProcessConfig& config) {
    std::array<Ends, 3> ends;
    const StdioContainer* const wanted[] = {&config.stdin_io, &config.stdout_io, &config.stderr_io};
    for (std::size_t i = 0; i < ends.size(); ++i) {
        auto made = ends_of(*wanted[i]);
        if (!made) {
            return std::unexpected(std::move(made).error());
        }
        ends[i] = *std::move(made);
    }
    const auto argv = to_argv(config);
    auto environment = to_environment(config);
    std::vector<char*> envp;
    for (auto& entry : environment) {
        envp.push_back(entry.data());
    }
    envp.push_back(nullptr);

    auto process = fork_and_exec({
        .program = argv.front(),
        .argv = argv.data(),
        .envp = config.env != nullptr ? envp.data() : nullptr,
        .cwd = config.cwd != nullptr ? config.cwd->as_ptr() : nullptr,
        .standard = {ends[0].fd(), ends[1].fd(), ends[2].fd()},
        .uid = config.uid,
        .gid = config.gid,
        .detach = config.detach,
        .report = -1,
    });
    if (!process) {
        return std::unexpected(std::move(process).error());
    }
    std::vector<std::unique_ptr<RtioPipe>> pipes;
    for (auto& end : ends) {
        pipes.push_back(std::move(end.parent));
    }
    return IoFactory::Spawned(*std::move(process), std::move(pipes));
}

IoResult<void> kill_process(int pid, int signal) { return done(::kill(pid, signal)); }

}  // namespace runtime_2014::native
