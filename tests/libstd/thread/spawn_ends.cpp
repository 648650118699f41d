// SPDX-License-Identifier: MIT
//
// spawn: what ends the process, and what it says then.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <pthread.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <stdexcept>
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

TEST_CASE("an exception that nobody can join ends the process with the thread's name, dropped before the throw") {
    const auto end = test::in_child([]() -> int {
        std::atomic<bool> go{false};
        {
            const auto dropped = must(thread::spawn(
                [&] {
                    while (!go.load()) {
                        thread::yield_now();
                    }
                    throw std::runtime_error("the boom itself");
                },
                {.name = "a doomed thread"}));
        }
        go = true;
        wait_for_the_end();
    });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("a doomed thread") != std::string::npos);
    CHECK(end.said.find("the boom itself") != std::string::npos);
}

TEST_CASE("an exception that nobody can join ends the process with the thread's name, dropped after the throw") {
    const auto end = test::in_child([]() -> int {
        {
            const auto dropped = must(thread::spawn([] { throw std::runtime_error("the boom itself"); },
                                                    {.name = "a doomed thread with a long name"}));
            while (!dropped.is_finished()) {
                thread::yield_now();
            }
        }
        wait_for_the_end();
    });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("'a doomed thread with a long name'") != std::string::npos);
    CHECK(end.said.find("the boom itself") != std::string::npos);
}

TEST_CASE("an exception of any type that nobody can join ends the process") {
    const auto end = test::in_child([]() -> int {
        (void)must(thread::spawn([] { throw 5; }, {.name = "five"}));
        wait_for_the_end();
    });
    CHECK(end.died_of(SIGABRT));
    CHECK(end.said.find("'five'") != std::string::npos);
}

TEST_CASE("an exception that was joined ends nothing when the handle goes") {
    const auto end = test::in_child([] {
        auto handle = must(thread::spawn([] { throw 5; }));
        try {
            std::move(handle).join();
        } catch (int) {
            return 0;
        }
        return 1;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("a thread that joins itself ends the process with a message") {
    const auto end = test::in_child([]() -> int {
        std::atomic<thread::JoinHandle<void>*> own{nullptr};
        auto handle = must(thread::spawn(
            [&] {
                while (own.load() == nullptr) {
                    thread::yield_now();
                }
                std::move(*own.load()).join();
            },
            {.name = "narcissus"}));
        own = &handle;
        wait_for_the_end();
    });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("'narcissus'") != std::string::npos);
    CHECK(end.said.find("joins itself") != std::string::npos);
}

TEST_CASE("to join a thread that called pthread_exit ends the process with a message") {
    const auto end = test::in_child([]() -> int {
        return must(thread::spawn([]() -> int { ::pthread_exit(nullptr); }, {.name = "deserter"})).join();
    });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("'deserter'") != std::string::npos);
    CHECK(end.said.find("pthread_exit") != std::string::npos);
}

TEST_CASE("to join a thread that was cancelled ends the process with a message") {
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
