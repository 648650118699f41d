// SPDX-License-Identifier: MIT
//
// Interruptions: a thousand signals a second that interrupt the calls of a thread.
#pragma once

#include <support/words.hpp>

#include <pthread.h>
#include <sys/time.h>
#include <csignal>
#include <utility>

namespace test {

inline volatile std::sig_atomic_t signals = 0;

/// During its lifetime a signal each millisecond interrupts system calls of this thread; `signals` counts them.
/// Threads made by `spawn_undisturbed` get none.
class Interruptions {
public:
    Interruptions() {
        struct sigaction counted{};
        counted.sa_handler = [](int) { signals = signals + 1; };  // without SA_RESTART
        signals = 0;
        REQUIRE(::sigaction(SIGALRM, &counted, &before_) == 0);
        const itimerval every_millisecond{.it_interval = {0, 1000}, .it_value = {0, 1000}};
        REQUIRE(::setitimer(ITIMER_REAL, &every_millisecond, nullptr) == 0);
    }
    Interruptions(const Interruptions&) = delete;
    Interruptions& operator=(const Interruptions&) = delete;
    ~Interruptions() {
        const itimerval never{};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        struct sigaction ignored{};
        ignored.sa_handler = SIG_IGN;
        ::sigaction(SIGALRM, &ignored, nullptr);  // drops a pending one
        ::sigaction(SIGALRM, &before_, nullptr);
    }

private:
    struct sigaction before_{};
};

/// Starts `body` in a thread that gets no SIGALRM.
template <class Body>
auto spawn_undisturbed(Body body) {
    sigset_t alarm;
    ::sigemptyset(&alarm);
    ::sigaddset(&alarm, SIGALRM);
    ::pthread_sigmask(SIG_BLOCK, &alarm, nullptr);
    auto handle = must(weld::thread::spawn(std::move(body)));
    ::pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
    return handle;
}

}  // namespace test
