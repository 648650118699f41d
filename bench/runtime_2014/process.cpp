// SPDX-License-Identifier: MIT
//
// process: the public interface over the virtual one.

#include "runtime_2014/process.hpp"

#include "runtime_2014/task.hpp"

namespace runtime_2014::process {

Process::Process(std::unique_ptr<rtio::RtioProcess> handle, std::vector<std::unique_ptr<rtio::RtioPipe>> pipes)
    : stdin_pipe(std::move(pipes[0])),
      stdout_pipe(std::move(pipes[1])),
      stderr_pipe(std::move(pipes[2])),
      handle_(std::move(handle)) {}

Process::~Process() {
    if (handle_ != nullptr) {
        stdin_pipe = nullptr;
        stdout_pipe = nullptr;
        stderr_pipe = nullptr;
        handle_->set_timeout(std::nullopt);
        (void)handle_->wait();
    }
}

IoResult<void> Process::signal(int number) {
    auto sent = handle_->kill(number);
    if (!sent) {
        return std::unexpected(from_rtio_error(std::move(sent).error()));
    }
    return {};
}

IoResult<ProcessExit> Process::wait() {
    stdin_pipe = nullptr;
    auto exit = handle_->wait();
    if (!exit) {
        return std::unexpected(from_rtio_error(std::move(exit).error()));
    }
    return *exit;
}

IoResult<Process> Command::spawn() const {
    const auto program = program_.to_c_str();
    std::vector<CString> args;
    for (const auto& argument : args_) {
        args.push_back(argument.to_c_str());
    }
    std::vector<std::pair<CString, CString>> env;
    for (const auto& [name, value] : env_) {
        env.emplace_back(name.to_c_str(), value.to_c_str());
    }
    std::optional<CString> cwd;
    if (cwd_) {
        cwd.emplace(cwd_->to_c_str());
    }
    auto spawned = rtio::maybe_raise([&](rtio::IoFactory& io) {
        return io.spawn({.program = &program,
                         .args = &args,
                         .env = env.empty() ? nullptr : &env,
                         .cwd = cwd ? &*cwd : nullptr,
                         .stdin_io = standard_[0],
                         .stdout_io = standard_[1],
                         .stderr_io = standard_[2],
                         .uid = std::nullopt,
                         .gid = std::nullopt,
                         .detach = false});
    });
    if (!spawned) {
        return std::unexpected(update_err(std::move(spawned).error(), "couldn't spawn program", program_));
    }
    return Process(std::move(spawned->first), std::move(spawned->second));
}

}  // namespace runtime_2014::process
