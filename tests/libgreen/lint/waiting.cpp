// SPDX-License-Identifier: MIT
//
// Calls that wait for one of several descriptors, for a time, for a signal or for a child process.
#include "calls.hpp"
#include "cases.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

#include <chrono>
#include <thread>

namespace {

bool has_watched(int descriptor, int (*wait)(int epoll, epoll_event* event)) {
    const Descriptor epoll(::epoll_create1(0));
    epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
    must(::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
    return wait(epoll, &event) == 1;
}

template <class... Timeout>
bool can_be_read(int descriptor, int (*select)(int, fd_set*, fd_set*, fd_set*, Timeout...), Timeout... timeout) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(descriptor, &set);
    return select(descriptor + 1, &set, nullptr, nullptr, timeout...) == 1;
}

constexpr Case cases[] = {
    {"poll", "poll", "",
     [] {
         const Pipe pipe("word");
         pollfd polled{.fd = pipe.out, .events = POLLIN, .revents = 0};
         return ::poll(&polled, 1, -1) == 1 && polled.revents == POLLIN;
     }},
    {"ppoll", "ppoll", "", [] { return ::ppoll(nullptr, 0, &short_time, nullptr) == 0; }},
    {"select of one", "select", "", [] { return can_be_read<timeval*>(Pipe("word").out, &::select, nullptr); }},
    {"pselect of one", "pselect", "",
     [] { return can_be_read<const timespec*, const sigset_t*>(Pipe("word").out, &::pselect, &short_time, nullptr); }},
    {"epoll_wait", "epoll_wait", "",
     [] {
         return has_watched(Pipe("word").out, [](int epoll, epoll_event* e) { return ::epoll_wait(epoll, e, 1, -1); });
     }},
    {"epoll_pwait", "epoll_pwait", "",
     [] {
         return has_watched(Pipe("word").out,
                            [](int epoll, epoll_event* e) { return ::epoll_pwait(epoll, e, 1, -1, nullptr); });
     }},
    {"nanosleep", "nanosleep", "", [] { return ::nanosleep(&short_time, nullptr) == 0; }},
    {"clock_nanosleep", "clock_nanosleep", "",
     [] { return ::clock_nanosleep(CLOCK_MONOTONIC, 0, &short_time, nullptr) == 0; }},
    {"usleep", "usleep", "", [] { return ::usleep(1) == 0; }},
    {"sleep_for", "nanosleep", "",
     [] {
         std::this_thread::sleep_for(std::chrono::microseconds(1));
         return true;
     }},
    {"sigwait", "sigwait", "",
     [] {
         int came = 0;
         return ::sigwait(Pending().get(), &came) == 0 && came == SIGUSR1;
     }},
    {"sigtimedwait", "sigtimedwait", "",
     [] { return ::sigtimedwait(Pending().get(), nullptr, &short_time) == SIGUSR1; }},
    {"wait", "wait", "",
     [] {
         const pid_t started = child();
         return ::wait(nullptr) == started;
     }},
    {"waitpid", "waitpid", "",
     [] {
         int status = 0;
         return ::waitpid(child(), &status, 0) > 0 && WEXITSTATUS(status) == 3;
     }},
    {"wait4", "wait4", "", [] { return ::wait4(child(), nullptr, 0, nullptr) > 0; }},
    {"waitid", "waitid", "", [] { return ::waitid(P_PID, static_cast<id_t>(child()), nullptr, WEXITED) == 0; }},
};

}  // namespace

const std::span<const Case> waiting_cases = cases;
