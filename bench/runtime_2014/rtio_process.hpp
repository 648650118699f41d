// SPDX-License-Identifier: MIT
//
// rtio_process: the rest of the interface of 2014: processes, timers, terminals, signals.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "runtime_2014/c_str.hpp"
#include "runtime_2014/rtio_net.hpp"

namespace runtime_2014::rtio {

/// A callback for an event, on a thread of the runtime.
class Callback {
public:
    virtual ~Callback() = default;
    virtual void call() = 0;
};

class RtioTimer {
public:
    virtual ~RtioTimer() = default;
    virtual void sleep(std::uint64_t milliseconds) = 0;
    virtual void oneshot(std::uint64_t milliseconds, std::unique_ptr<Callback> callback) = 0;
    virtual void period(std::uint64_t milliseconds, std::unique_ptr<Callback> callback) = 0;
};

struct ProcessExit {
    bool signaled = false;
    int number = 0;  // the number of the signal, or the exit status

    bool operator==(const ProcessExit&) const = default;
};

enum class Stdio { Ignored, InheritFd, CreatePipe };

struct StdioContainer {
    Stdio kind = Stdio::Ignored;
    int fd = -1;            // to inherit
    bool readable = false;  // the child reads from the pipe
};

struct ProcessConfig {
    const CString* program = nullptr;
    const std::vector<CString>* args = nullptr;
    const std::vector<std::pair<CString, CString>>* env = nullptr;  // none: the environment of this process
    const CString* cwd = nullptr;
    StdioContainer stdin_io, stdout_io, stderr_io;
    std::optional<std::size_t> uid, gid;
    bool detach = false;
};

class RtioProcess {
public:
    virtual ~RtioProcess() = default;
    virtual int id() const = 0;
    virtual IoResult<void> kill(int signal) = 0;
    virtual IoResult<ProcessExit> wait() = 0;
    virtual void set_timeout(Deadline timeout) = 0;
};

class RtioTTY {
public:
    virtual ~RtioTTY() = default;
    virtual IoResult<std::size_t> read(std::span<std::byte> buffer) = 0;
    virtual IoResult<void> write(std::span<const std::byte> bytes) = 0;
    virtual IoResult<void> set_raw(bool raw) = 0;
    virtual IoResult<std::pair<int, int>> get_winsize() = 0;
    virtual bool isatty() const = 0;
};

/// While it lives, its callback is called for each signal.
class RtioSignal {
public:
    virtual ~RtioSignal() = default;
};

}  // namespace runtime_2014::rtio
