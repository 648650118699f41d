// SPDX-License-Identifier: MIT
//
// fork, kill, waitid, setpgid, setsid, execve: a child changes, and what is said of it.
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

/// A child that runs `body` and ends with what that returns.
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

TEST_CASE("a child that ends says its status, once it is waited for") {
    const ProcessId child = child_of([] { return 300; });
    const sys::ChildChange change = changed(child, WaitOptions::Exited | WaitOptions::NoWait);
    CHECK(change.process == child);
    CHECK(change.code == ChildCode::Exited);
    CHECK(change.status == 300 % 256);
    CHECK(changed(child, WaitOptions::Exited).status == 300 % 256);
    CHECK(errno_of(sys::waitid(WaitFor::Process, std::to_underlying(child), WaitOptions::Exited)) == Errno::Child);
}

TEST_CASE("a thread that asks for its own children alone is told of none that another thread has") {
    const ProcessId child = child_of(&wait_for_ever);
    const auto ask = [] {
        using enum WaitOptions;
        return sys::waitid(WaitFor::Any, 0, Exited | NoHang | NoWait | OfThread | OfAnyKind);
    };
    CHECK(must(ask()).process == ProcessId::Self);  // none that has changed
    Errno elsewhere{};
    std::thread([&] { elsewhere = errno_of(ask()); }).join();
    CHECK(elsewhere == Errno::Child);
    must(sys::kill(child, Signal::Kill));
    CHECK(changed(child, WaitOptions::Exited).code == ChildCode::Killed);
}

TEST_CASE("a child stops, goes on and is killed, each of which is said") {
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

TEST_CASE("a child knows its parent, and has a group and a session if it makes them") {
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

TEST_CASE("a program takes the place of the process, or it is said why not") {
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
