// SPDX-License-Identifier: MIT
//
// clone, pidfd_open, pidfd_send_signal: a child that shares or copies memory, and its pidfd.
#include <support/words.hpp>

#include <weld/sys/linux/clone.hpp>
#include <weld/sys/linux/pidfd.hpp>
#include <weld/sys/linux/sched.hpp>
#include <weld/sys/posix/exec.hpp>
#include <weld/sys/posix/poll.hpp>

#include <fcntl.h>
#include <array>
#include <memory>
#include <utility>

namespace sys = weld::sys;
using sys::CloneFlags;
using sys::Errno;
using sys::Signal;
using test::errno_of;
using test::must;

namespace {

struct alignas(16) Stack {
    std::array<std::byte, 64 * 1024> bytes;
};

int count_up(void* count) {
    ++*static_cast<int*>(count);
    return 7;
}

int wait_for_ever(void* /*argument*/) {
    for (;;) {
        (void)sys::poll({}, -1);
    }
}

sys::ChildChange waited_for(sys::WaitFor which, std::int32_t number) {
    for (;;) {
        const auto change = sys::waitid(which, number, sys::WaitOptions::Exited);
        if (change || change.error() != Errno::Intr) {
            return must(change);
        }
    }
}

}  // namespace

TEST_CASE("clone without CLONE_VM gives the child its own memory") {
    const auto stack = std::make_unique<Stack>();
    int count = 0;
    int none = -1;
    const sys::ProcessId child = must(sys::clone(count_up, &count, stack->bytes, CloneFlags::None, none));
    CHECK(waited_for(sys::WaitFor::Process, std::to_underlying(child)).status == 7);
    CHECK(count == 0);
    CHECK(none == -1);
}

TEST_CASE("clone with CLONE_VM and CLONE_VFORK shares memory, waits for the child and gives a pidfd") {
    if (test::under_sanitizer) {
        return;  // its records are in that memory
    }
    const auto stack = std::make_unique<Stack>();
    int count = 0;
    int pidfd = -1;
    constexpr CloneFlags flags = CloneFlags::Memory | CloneFlags::Vfork | CloneFlags::Pidfd;
    const sys::ProcessId child = must(sys::clone(count_up, &count, stack->bytes, flags, pidfd));
    CHECK(count == 1);
    REQUIRE(pidfd >= 0);
    const sys::OwnedFd owned(pidfd);
    CHECK(::fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
    CHECK(waited_for(sys::WaitFor::Pidfd, pidfd).process == child);
    CHECK(errno_of(sys::pidfd_send_signal(owned.borrow(), Signal::Kill)) == Errno::Srch);
}

TEST_CASE("a pidfd sends signals, and is readable when the process has ended") {
    const auto stack = std::make_unique<Stack>();
    int none = -1;
    const sys::ProcessId child = must(sys::clone(wait_for_ever, nullptr, stack->bytes, CloneFlags::None, none));
    const sys::OwnedFd pidfd = must(sys::pidfd_open(child));
    CHECK(::fcntl(pidfd.borrow().raw(), F_GETFD) == FD_CLOEXEC);
    std::array entry = {
        sys::PollFd{.fd = pidfd.borrow().raw(), .wanted = sys::PollEvents::In, .found = sys::PollEvents::None}};
    CHECK(must(sys::poll(entry, 0)) == 0);
    must(sys::pidfd_send_signal(pidfd.borrow(), Signal::None));
    must(sys::pidfd_send_signal(pidfd.borrow(), Signal::Kill));
    CHECK(test::eventually([&] { return sys::poll(entry, 100) == 1U; }));
    CHECK(waited_for(sys::WaitFor::Process, std::to_underlying(child)).code == sys::ChildCode::Killed);
    CHECK(errno_of(sys::pidfd_open(static_cast<sys::ProcessId>(-1))) == Errno::Inval);
}
