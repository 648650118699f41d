// SPDX-License-Identifier: MIT
//
// Call: a call that keeps its native thread for a while, in each of the ways of the handoff race.
//
// A Call is prepared beforehand, with all that it needs: a native thread that ends the block, a slow server. Then a
// task or a thread makes the call once; it returns after the given time, which the race checks. Nothing here knows of
// tasks. File descriptors are closed by the end of the process.
#pragma once

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "contender.h"
#include "futex.h"

class Call {
public:
    Call() = default;
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    virtual ~Call() = default;

    virtual void operator()() = 0;
};

/// The result of a system call; an error ends the program.
inline int checked(std::int64_t result, const char* what) {
    if (result < 0) {
        contender_die(what);
    }
    return static_cast<int>(result);
}

inline void sleep_natively(std::uint64_t ns) {
    timespec left = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    while (nanosleep(&left, &left) != 0) {
    }
}

/// A native thread that waits until the call is about to block, waits for the given time, and ends the block.
class Releaser {
public:
    template <class F>
    Releaser(std::uint64_t ns, F release)
        : thread_([this, ns, release] {
              futex_await(&stuck_, 1);
              sleep_natively(ns);
              release();
          }) {}
    ~Releaser() { thread_.join(); }

    void stuck() { futex_give(&stuck_, 1); }

private:
    std::uint32_t stuck_ = 0;
    std::thread thread_;
};

/// read(2) of a pipe into which something is written later.
class PipeCall : public Call {
public:
    explicit PipeCall(std::uint64_t ns)
        : ends_(pipe_new()), writer_(ns, [end = ends_.second] { checked(write(end, "", 1), "write into the pipe"); }) {}

    void operator()() override {
        char byte;
        writer_.stuck();
        checked(read(ends_.first, &byte, 1), "read of the pipe");
    }

private:
    static std::pair<int, int> pipe_new() {
        int ends[2];
        checked(pipe2(ends, O_CLOEXEC), "pipe2");
        return {ends[0], ends[1]};
    }

    std::pair<int, int> ends_;
    Releaser writer_;
};

/// flock(2) of a file on which another open file description has a lock.
class FlockCall : public Call {
public:
    explicit FlockCall(std::uint64_t ns)
        : theirs_(checked(memfd_create("flock", MFD_CLOEXEC), "memfd_create")),
          ours_(checked(open(("/proc/self/fd/" + std::to_string(theirs_)).c_str(), O_RDWR | O_CLOEXEC), "open")),
          holder_(ns, [fd = theirs_] { checked(flock(fd, LOCK_UN), "letting the lock go"); }) {
        checked(flock(theirs_, LOCK_EX), "taking the lock beforehand");
    }

    void operator()() override {
        holder_.stuck();
        checked(flock(ours_, LOCK_EX), "flock");
    }

private:
    int theirs_;
    int ours_;
    Releaser holder_;
};

/// newfstatat(2) of /dev/zero, which is slow because strace delays that call with that path.
class StatCall : public Call {
public:
    void operator()() override {
        struct stat status;
        checked(syscall(SYS_newfstatat, AT_FDCWD, "/dev/zero", &status, 0), "newfstatat of /dev/zero");
    }
};

/// A loop that computes for that long.
class LoopCall : public Call {
public:
    explicit LoopCall(std::uint64_t ns) : ns_(ns) {}

    void operator()() override {
        const auto end = spent() + ns_;
        while (spent() < end) {
            for (std::uint32_t i = 0; i < 20'000; ++i) {
                asm volatile("" : : "r"(i));  // or the compiler would remove the loop
            }
        }
    }

private:
    static std::uint64_t spent() {
        timespec time;
        checked(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time), "clock_gettime");
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
    }

    std::uint64_t ns_;
};
