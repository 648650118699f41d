// SPDX-License-Identifier: MIT
//
// spawn, scope: misuse that ends the process, and its message. No case starts a thread before it forks its child; a
// sanitizer does not support that.
#include <support/model.hpp>
#include <support/words.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace thread = rt::thread;
using test::must;

namespace {

/// The wait of a child process that a thread of it is to end.
[[noreturn]] void wait_for_the_end() {
    for (;;) {
        thread::park();
    }
}

/// How a child process ends that runs `body` with this kind of thread.
template <class Body>
test::ChildEnd end_of(Body body) {
    return test::in_child([&] { return rt::run(body).value_or(1); });
}

}  // namespace

TEST_CASE("an exception that nobody can join ends the process with the thread's name, dropped before the throw") {
    const auto end = end_of([]() -> int {
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
    const auto end = end_of([]() -> int {
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
    const auto end = end_of([]() -> int {
        (void)must(thread::spawn([] { throw 5; }, {.name = "five"}));
        wait_for_the_end();
    });
    CHECK(end.died_of(SIGABRT));
    CHECK(end.said.find("'five'") != std::string::npos);
}

TEST_CASE("dropping the handle of a joined thread that threw does not end the process") {
    const auto end = end_of([] {
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
    const auto end = end_of([]() -> int {
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

TEST_CASE("a thread of a scope that joins itself ends the process with a message, also while the scope joins it") {
    const auto end = end_of([]() -> int {
        std::optional<thread::ScopedJoinHandle<void>> own;
        std::atomic<bool> left{false};
        thread::scope([&](thread::Scope& scope) {
            own.emplace(must(scope.spawn(
                [&] {
                    while (!left.load()) {
                        thread::yield_now();
                    }
                    // By now the scope most likely waits for this thread; in either case the process must end.
                    thread::sleep(std::chrono::milliseconds(50));
                    std::move(*own).join();
                },
                {.name = "narcissus"})));
            left = true;
        });
        return 0;
    });
    INFO(end.said);
    CHECK(end.died_of(SIGABRT));
    CHECK(end.said.find("joins itself") != std::string::npos);
}

TEST_CASE("joining a handle whose exception its scope has rethrown ends the process with a message") {
    const auto end = end_of([]() -> int {
        std::optional<thread::ScopedJoinHandle<std::string>> late;
        try {
            thread::scope([&](thread::Scope& scope) {
                late.emplace(
                    must(scope.spawn([]() -> std::string { throw std::runtime_error("taken"); }, {.name = "late"})));
            });
        } catch (const std::runtime_error&) {
        }
        return static_cast<int>(std::move(*late).join().size());
    });
    INFO(end.said);
    CHECK(end.died_of(SIGABRT));
    CHECK(end.said.find("'late'") != std::string::npos);
    CHECK(end.said.find("its scope has its exception") != std::string::npos);
}
