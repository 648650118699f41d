// SPDX-License-Identifier: MIT
//
// What was reported against green-rs about its event loop: 2 of the table that regressions.cpp tells of.
//
// The calls are counted by functions that stand before the C library's, where a sanitizer has its own.
#include <support/words.hpp>

#include <green/offload.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <cstddef>

using test::must;
namespace thread = green::thread;

namespace {

std::atomic<int> looks{0};

}  // namespace

#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

extern "C" int epoll_pwait(int epoll, epoll_event* events, int room, int timeout, const sigset_t* signals) {
    ++looks;
    return static_cast<int>(::syscall(SYS_epoll_pwait, epoll, events, room, timeout, signals, std::size_t{8}));
}

extern "C" int epoll_wait(int epoll, epoll_event* events, int room, int timeout) {
    return ::epoll_pwait(epoll, events, room, timeout, nullptr);
}

#endif

TEST_CASE("4A.2: a worker does not ask its event loop after every task") {
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer");
        return;
    }
    constexpr int tasks = 100'000;
    int before = 0;
    const int after = must(green::run({.workers = 1}, [&] {
        must(green::offload([] {}));  // now there is a loop
        before = looks;
        for (int i = 0; i < tasks; ++i) {
            must(thread::spawn([] {})).join();
        }
        return looks.load();
    }));
    // Once for 64 switches, of which a task that is joined makes two.
    CHECK(after > before);
    CHECK(after - before <= tasks / 16);
}
