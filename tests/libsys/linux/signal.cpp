// SPDX-License-Identifier: MIT
//
// rt_sigprocmask, rt_sigaction, setuid of one thread: the raw system calls.
#include <support/words.hpp>

#include <weld/sys/linux/credentials.hpp>
#include <weld/sys/linux/prctl.hpp>
#include <weld/sys/linux/signal.hpp>

#include <grp.h>
#include <unistd.h>
#include <array>
#include <csignal>

namespace sys = weld::sys;
using sys::Disposition;
using sys::Errno;
using test::errno_of;
using test::must;

TEST_CASE("rt_sigprocmask blocks all signals but SIGKILL and SIGSTOP, and restores the previous mask") {
    const sys::SignalMask before = must(sys::rt_sigprocmask(sys::all_signals));
    const sys::SignalMask all = must(sys::rt_sigprocmask(before));
    constexpr auto bit = [](int number) { return sys::SignalMask{1} << (number - 1); };
    CHECK(all == (sys::all_signals & ~bit(SIGKILL) & ~bit(SIGSTOP)));
    CHECK(must(sys::rt_sigprocmask(before)) == before);
}

TEST_CASE("rt_sigaction returns the disposition of a signal, and sets it to ignore or default") {
    const auto end = test::in_child([] {
        ::signal(SIGUSR1, [](int) {});
        if (must(sys::rt_sigaction(SIGUSR1)) != Disposition::Handler ||
            must(sys::rt_sigaction_ignore(SIGUSR1)) != Disposition::Handler ||
            must(sys::rt_sigaction(SIGUSR1)) != Disposition::Ignore ||
            must(sys::rt_sigaction_default(SIGUSR1)) != Disposition::Ignore ||
            must(sys::rt_sigaction(SIGUSR1)) != Disposition::Default) {
            return 1;
        }
        // A signal that glibc uses itself and whose number its functions refuse.
        return sys::rt_sigaction(33) && sys::rt_sigaction(sys::signal_count) &&
                       errno_of(sys::rt_sigaction(sys::signal_count + 1)) == Errno::Inval &&
                       errno_of(sys::rt_sigaction_default(SIGKILL)) == Errno::Inval
                   ? 0
                   : 2;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("setuid_of_thread changes the user of one thread, with privilege") {
    const auto end = test::in_child([] {
        if (::geteuid() != 0) {
            return errno_of(sys::setuid_of_thread(0)) == Errno::Perm ? 0 : 1;
        }
        const std::array<std::uint32_t, 2> groups = {5, 6};
        must(sys::setgroups_of_thread(groups));
        std::array<gid_t, 4> found{};
        if (::getgroups(found.size(), found.data()) != 2 || found[0] != 5 || found[1] != 6) {
            return 2;
        }
        must(sys::setgid_of_thread(65534));
        must(sys::setuid_of_thread(65534));
        return ::getuid() == 65534 && ::getgid() == 65534 && errno_of(sys::setuid_of_thread(0)) == Errno::Perm &&
                       errno_of(sys::setgroups_of_thread({})) == Errno::Perm && must(sys::prctl_get_dumpable()) == 0 &&
                       sys::prctl_set_dumpable(1) && must(sys::prctl_get_dumpable()) == 1
                   ? 0
                   : 3;
    });
    CHECK(end.exited_with(0));
    CHECK(errno_of(sys::prctl_set_dumpable(2)) == Errno::Inval);
}

TEST_CASE("the parent death signal must be a valid signal") {
    const auto end = test::in_child([] {
        return sys::prctl_set_parent_death_signal(sys::Signal::Kill) &&
                       errno_of(sys::prctl_set_parent_death_signal(static_cast<sys::Signal>(99))) == Errno::Inval
                   ? 0
                   : 1;
    });
    CHECK(end.exited_with(0));
}
