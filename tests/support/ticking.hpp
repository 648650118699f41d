// SPDX-License-Identifier: MIT
//
// A signal each millisecond that interrupts system calls, for a program that is run with TEST_INTERRUPTED.
#pragma once

#include <csignal>
#include <cstdlib>
#include <ctime>

namespace test {

/// Starts the timer, if it was asked for. The handler has no SA_RESTART; children do not inherit the timer.
inline bool begin_ticking() {
    if (std::getenv("TEST_INTERRUPTED") == nullptr) {
        return false;
    }
    struct sigaction nothing{};
    nothing.sa_handler = [](int) {};
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR2;
    timer_t timer{};
    const itimerspec each_millisecond{.it_interval = {0, 1'000'000}, .it_value = {0, 1'000'000}};
    return ::sigaction(SIGUSR2, &nothing, nullptr) == 0 && ::timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 &&
           ::timer_settime(timer, 0, &each_millisecond, nullptr) == 0;
}

inline const bool is_ticking = begin_ticking();

}  // namespace test
