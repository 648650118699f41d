// SPDX-License-Identifier: MIT
//
// spawn: threads that are ended from outside their closure. What ends the process in every model is in
// tests/conformance.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <pthread.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <string>
#include <utility>

namespace thread = weld::thread;
using test::must;

namespace {

/// What a child process does that waits for its end by a thread.
[[noreturn]] void wait_for_the_end() {
    for (;;) {
        ::pause();
    }
}

}  // namespace

TEST_CASE("join of a thread that called pthread_exit ends the process with a message") {
    const auto end = test::in_child([]() -> int {
        return must(thread::spawn([]() -> int { ::pthread_exit(nullptr); }, {.name = "deserter"})).join();
    });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("'deserter'") != std::string::npos);
    CHECK(end.said.find("pthread_exit") != std::string::npos);
}

TEST_CASE("join of a thread that was cancelled ends the process with a message") {
    const auto end = test::in_child([]() -> int {
        std::atomic<pthread_t> target{};
        auto handle = must(thread::spawn(
            [&] {
                target = ::pthread_self();
                wait_for_the_end();
            },
            {.name = "cancelled"}));
        while (target.load() == pthread_t{}) {
            thread::yield_now();
        }
        ::pthread_cancel(target.load());
        std::move(handle).join();
        return 0;
    });
    CHECK(end.died_of(SIGABRT));
    CHECK(end.said.find("'cancelled'") != std::string::npos);
}

TEST_CASE("a detached thread may end by pthread_exit, its closure destroyed") {
    const auto end = test::in_child([] {
        static std::atomic<bool> destroyed{false};
        struct Flag {
            bool armed = true;
            Flag() = default;
            Flag(Flag&& other) noexcept : armed(std::exchange(other.armed, false)) {}
            ~Flag() {
                if (armed) {
                    destroyed = true;
                }
            }
        };
        (void)must(thread::spawn([flag = Flag()] { ::pthread_exit(nullptr); }));
        return test::eventually([] { return destroyed.load(); }) ? 0 : 1;
    });
    CHECK(end.exited_with(0));
}
