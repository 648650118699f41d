// SPDX-License-Identifier: MIT
//
// process: the public interface of 2014 to start a program: Command, and the Process that it returns.
//
// Standard streams are pipes unless the command says otherwise. Dropping a Process waits for it.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime_2014/io_error.hpp"
#include "runtime_2014/rtio.hpp"

namespace runtime_2014::process {

using rtio::ProcessExit;

class Process {
public:
    Process(std::unique_ptr<rtio::RtioProcess> handle, std::vector<std::unique_ptr<rtio::RtioPipe>> pipes);
    Process(Process&&) = default;
    Process& operator=(Process&&) = delete;
    ~Process();

    int id() const { return handle_->id(); }
    IoResult<void> signal(int number);
    void set_timeout(rtio::Deadline timeout) { handle_->set_timeout(timeout); }

    /// Closes the child's standard input and waits until it has ended.
    IoResult<ProcessExit> wait();

    std::unique_ptr<rtio::RtioPipe> stdin_pipe, stdout_pipe, stderr_pipe;

private:
    std::unique_ptr<rtio::RtioProcess> handle_;
};

class Command {
public:
    explicit Command(Path program) : program_(std::move(program)) {}

    Command& arg(Path argument) {
        args_.push_back(std::move(argument));
        return *this;
    }
    /// The whole environment of the child, once one is set.
    Command& env(Path name, Path value) {
        env_.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    Command& cwd(Path directory) {
        cwd_ = std::move(directory);
        return *this;
    }
    /// The child inherits standard input, output and error.
    Command& inherit() {
        for (int fd = 0; fd < 3; ++fd) {
            standard_[fd] = {.kind = rtio::Stdio::InheritFd, .fd = fd, .readable = false};
        }
        return *this;
    }

    IoResult<Process> spawn() const;

private:
    Path program_;
    std::vector<Path> args_;
    std::vector<std::pair<Path, Path>> env_;
    std::optional<Path> cwd_;
    rtio::StdioContainer standard_[3] = {{.kind = rtio::Stdio::CreatePipe, .fd = -1, .readable = true},
                                         {.kind = rtio::Stdio::CreatePipe, .fd = -1, .readable = false},
                                         {.kind = rtio::Stdio::CreatePipe, .fd = -1, .readable = false}};
};

}  // namespace runtime_2014::process
