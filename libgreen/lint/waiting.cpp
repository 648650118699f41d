// SPDX-License-Identifier: MIT
//
// Calls that wait for a time, for any of several descriptors, for a signal or for a process.
#include "libc_fortified.hpp"
#include "lint.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>

using namespace green::lint;

namespace {

/// Whether a call with that timeout only polls.
bool is_zero(const timespec* timeout) noexcept {
    return timeout != nullptr && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
}
bool is_zero(const timeval* timeout) noexcept {
    return timeout != nullptr && timeout->tv_sec == 0 && timeout->tv_usec == 0;
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// ---- descriptors --------------------------------------------------------------------------------------

int poll(pollfd* polled, nfds_t count, int timeout) {
    static constinit Real<decltype(::poll)> real;
    if (timeout != 0) {
        waits();
    }
    return real(polled, count, timeout);
}

int __poll_chk(pollfd* polled, nfds_t count, int timeout, std::size_t size) {
    static constinit Real<decltype(::__poll_chk)> real;
    if (timeout != 0) {
        waits("poll");
    }
    return real(polled, count, timeout, size);
}

int ppoll(pollfd* polled, nfds_t count, const timespec* timeout, const sigset_t* signals) {
    static constinit Real<decltype(::ppoll)> real;
    if (!is_zero(timeout)) {
        waits();
    }
    return real(polled, count, timeout, signals);
}

int __ppoll_chk(pollfd* polled, nfds_t count, const timespec* timeout, const sigset_t* signals, std::size_t size) {
    static constinit Real<decltype(::__ppoll_chk)> real;
    if (!is_zero(timeout)) {
        waits("ppoll");
    }
    return real(polled, count, timeout, signals, size);
}

int select(int count, fd_set* to_read, fd_set* to_write, fd_set* failed, timeval* timeout) {
    static constinit Real<decltype(::select)> real;
    if (!is_zero(timeout)) {
        waits();
    }
    return real(count, to_read, to_write, failed, timeout);
}

int pselect(int count, fd_set* to_read, fd_set* to_write, fd_set* failed, const timespec* timeout,
            const sigset_t* signals) {
    static constinit Real<decltype(::pselect)> real;
    if (!is_zero(timeout)) {
        waits();
    }
    return real(count, to_read, to_write, failed, timeout, signals);
}

int epoll_wait(int epoll, epoll_event* events, int count, int timeout) {
    static constinit Real<decltype(::epoll_wait)> real;
    if (timeout != 0) {
        waits();
    }
    return real(epoll, events, count, timeout);
}

int epoll_pwait(int epoll, epoll_event* events, int count, int timeout, const sigset_t* signals) {
    static constinit Real<decltype(::epoll_pwait)> real;
    if (timeout != 0) {
        waits();
    }
    return real(epoll, events, count, timeout, signals);
}

int epoll_pwait2(int epoll, epoll_event* events, int count, const timespec* timeout, const sigset_t* signals) {
    static constinit Real<decltype(::epoll_pwait2)> real;
    if (!is_zero(timeout)) {
        waits();
    }
    return real(epoll, events, count, timeout, signals);
}

// ---- time ---------------------------------------------------------------------------------------------

int nanosleep(const timespec* time, timespec* left) {
    static constinit Real<decltype(::nanosleep)> real;
    if (!is_zero(time)) {
        waits();
    }
    return real(time, left);
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec* left) {
    static constinit Real<decltype(::clock_nanosleep)> real;
    if (!is_zero(time)) {
        waits();
    }
    return real(clock, flags, time, left);
}

int usleep(useconds_t time) {
    static constinit Real<decltype(::usleep)> real;
    if (time != 0) {
        waits();
    }
    return real(time);
}

unsigned sleep(unsigned seconds) {
    static constinit Real<decltype(::sleep)> real;
    if (seconds != 0) {
        waits();
    }
    return real(seconds);
}

// ---- signals ------------------------------------------------------------------------------------------

int pause() {
    static constinit Real<decltype(::pause)> real;
    waits();
    return real();
}

int sigsuspend(const sigset_t* signals) {
    static constinit Real<decltype(::sigsuspend)> real;
    waits();
    return real(signals);
}

int sigwait(const sigset_t* signals, int* came) {
    static constinit Real<decltype(::sigwait)> real;
    waits();
    return real(signals, came);
}

int sigwaitinfo(const sigset_t* signals, siginfo_t* came) {
    static constinit Real<decltype(::sigwaitinfo)> real;
    waits();
    return real(signals, came);
}

int sigtimedwait(const sigset_t* signals, siginfo_t* came, const timespec* timeout) {
    static constinit Real<decltype(::sigtimedwait)> real;
    if (!is_zero(timeout)) {
        waits();
    }
    return real(signals, came, timeout);
}

// ---- processes ----------------------------------------------------------------------------------------

pid_t wait(int* status) {
    static constinit Real<decltype(::wait)> real;
    waits();
    return real(status);
}

pid_t waitpid(pid_t process, int* status, int options) {
    static constinit Real<decltype(::waitpid)> real;
    if ((options & WNOHANG) == 0) {
        waits();
    }
    return real(process, status, options);
}

int waitid(idtype_t kind, id_t process, siginfo_t* came, int options) {
    static constinit Real<decltype(::waitid)> real;
    if ((options & WNOHANG) == 0) {
        waits();
    }
    return real(kind, process, came, options);
}

pid_t wait3(int* status, int options, rusage* usage) noexcept {
    static constinit Real<decltype(::wait3)> real;
    if ((options & WNOHANG) == 0) {
        waits();
    }
    return real(status, options, usage);
}

pid_t wait4(pid_t process, int* status, int options, rusage* usage) noexcept {
    static constinit Real<decltype(::wait4)> real;
    if ((options & WNOHANG) == 0) {
        waits();
    }
    return real(process, status, options, usage);
}
}
#pragma GCC visibility pop
