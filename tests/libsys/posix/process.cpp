// SPDX-License-Identifier: MIT
//
// fork, kill, waitid, setpgid, setsid, execve: state changes of a child, and how waitid reports them.
#include <support/words.hpp>

#include <weld/sys/linux/sched.hpp>
#include <weld/sys/posix/exec.hpp>
#include <weld/sys/posix/process.hpp>

#include <unistd.h>
#include <array>
#include <thread>
#include <utility>

namespace sys = weld::sys;
using sys::ChildCode;
using sys::Errno;
using sys::ProcessId;
using sys::Signal;
using sys::WaitFor;
using sys::WaitOptions;
using test::errno_of;
using test::must;

namespace {

/// Forks a child that runs `body` and exits with its return value.
template <class Body>
ProcessId child_of(Body body) {
    const ProcessId child = must(sys::fork());
    if (child == ProcessId::Self) {
        sys::exit_now(body());
    }
    return child;
}

sys::ChildChange changed(ProcessId child, WaitOptions options) {
    for (;;) {
        const auto change = sys::waitid(WaitFor::Process, std::to_underlying(child), options);
        if (change || change.error() != Errno::Intr) {
            return must(change);
        }
    }
}

int wait_for_ever() {
    for (;;) {
        ::pause();
    }
}

}  // namespace

TEST_CASE("waitid returns the status of an ended child once") {
    const ProcessId child = child_of([] { return 300; });
    const sys::ChildChange change = changed(child, WaitOptions::Exited | WaitOptions::NoWait);
    CHECK(change.process == child);
    CHECK(change.code == ChildCode::Exited);
    CHECK(change.status == 300 % 256);
    CHECK(changed(child, WaitOptions::Exited).status == 300 % 256);
    CHECK(errno_of(sys::waitid(WaitFor::Process, std::to_underlying(child), WaitOptions::Exited)) == Errno::Child);
}

TEST_CASE("waitid with OfThread does not return the children of other threads") {
    const ProcessId child = child_of(&wait_for_ever);
    const auto ask = [] {
        using enum WaitOptions;
        return sys::waitid(WaitFor::Any, 0, Exited | NoHang | NoWait | OfThread | OfAnyKind);
    };
    CHECK(must(ask()).process == ProcessId::Self);  // none has changed
    Errno elsewhere{};
    std::thread([&] { elsewhere = errno_of(ask()); }).join();
    CHECK(elsewhere == Errno::Child);
    must(sys::kill(child, Signal::Kill));
    CHECK(changed(child, WaitOptions::Exited).code == ChildCode::Killed);
}

TEST_CASE("waitid reports that a child stopped, continued and was killed") {
    const ProcessId child = child_of(wait_for_ever);
    CHECK(changed(child, WaitOptions::Exited | WaitOptions::NoHang).process == ProcessId::Self);
    must(sys::kill(child, Signal::None));
    must(sys::kill(child, Signal::Stop));
    const sys::ChildChange stopped = changed(child, WaitOptions::Stopped);
    CHECK((stopped.code == ChildCode::Stopped && stopped.status == std::to_underlying(Signal::Stop)));
    must(sys::kill(child, Signal::Cont));
    CHECK(changed(child, WaitOptions::Continued).code == ChildCode::Continued);
    must(sys::kill(child, Signal::Kill));
    const sys::ChildChange killed = changed(child, WaitOptions::Exited);
    CHECK((killed.code == ChildCode::Killed && killed.status == std::to_underlying(Signal::Kill)));
    CHECK(errno_of(sys::kill(child, Signal::None)) == Errno::Srch);
    CHECK(errno_of(sys::kill(static_cast<ProcessId>(sys::getpid()), static_cast<Signal>(999))) == Errno::Inval);
}

TEST_CASE("getppid returns the parent, setpgid makes a process group, setsid a session") {
    const std::int32_t self = sys::getpid();
    CHECK(changed(child_of([=] { return sys::getppid() == static_cast<ProcessId>(self) ? 0 : 1; }), WaitOptions::Exited)
              .status == 0);
    CHECK(changed(child_of([] {
                      const bool is_own = sys::setpgid(ProcessId::Self, ProcessId::Self) && ::getpgrp() == ::getpid();
                      return is_own && sys::setsid() == std::unexpected(Errno::Perm) ? 0 : 1;
                  }),
                  WaitOptions::Exited)
              .status == 0);
    CHECK(changed(child_of([] { return sys::setsid() && ::getsid(0) == ::getpid() ? 0 : 1; }), WaitOptions::Exited)
              .status == 0);
}

TEST_CASE("execve replaces the program of the process, or returns the reason") {
    const std::array<const char*, 4> arguments = {"name", "-c", "test \"$A\" = b && exit 9", nullptr};
    const std::array<const char*, 2> environment = {"A=b", nullptr};
    const ProcessId child = child_of([&] {
        if (sys::execve(sys::CStr("/nowhere"), arguments.data(), environment.data()) != Errno::Noent) {
            return 1;
        }
        (void)sys::execve(sys::CStr("/bin/sh"), arguments.data(), environment.data());
        return 2;
    });
    CHECK(changed(child, WaitOptions::Exited).status == 9);
}
