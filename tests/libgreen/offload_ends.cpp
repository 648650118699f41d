// SPDX-License-Identifier: MIT
//
// green::offload: misuse that ends the process, and its messages. No case runs a thread before its child is made, which
// a sanitizer would not support.
#include <libgreen/said.hpp>
#include <support/words.hpp>

#include <green/offload.hpp>
#include <green/pool.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <pthread.h>
#include <csignal>
#include <cstdlib>
#include <string>
#include <utility>

namespace thread = green::thread;

TEST_CASE("offload outside a task ends the process with a message") {
    const auto end = test::in_child([] { return green::offload([] { return 42; }).value_or(1); });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("green::offload was called outside a task") != std::string::npos);
}

TEST_CASE("a call that parks inside an offloaded call ends the process with a message") {
    const auto end = test::in_child(
        [] { return green::run({.workers = 1}, [] { return green::offload([] { thread::yield_now(); }); }) ? 0 : 1; });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("green::thread::yield_now was called outside a task") != std::string::npos);
}

TEST_CASE("a line names the tasks whose offloaded calls wait for calls that have no thread") {
    const auto said = test::said_until("\n", [] {
        (void)::setenv("UV_THREADPOOL_SIZE", "1", 1);
        const auto pool = test::must(green::Pool::start({.workers = 1}));
        auto outer = test::must(pool.spawn(
            [&] {
                (void)green::offload([&] {
                    auto inner = test::must(pool.spawn([] { (void)green::offload([] {}); }, {.name = "inner"}));
                    std::move(inner).join();
                });
            },
            {.name = "outer"}));
        std::move(outer).join();
    });
    INFO(said);
    CHECK(said.find(
              "green: offloaded calls use all 1 threads of the pool, and 1 more waits; calls of tasks 'outer' (") == 0);
    CHECK(said.find(" ms). If these wait for the others, none can finish: see UV_THREADPOOL_SIZE\n") !=
          std::string::npos);
}

TEST_CASE("an offloaded call that calls pthread_exit ends the process with the task's name") {
    const auto end = test::in_child([] {
        (void)green::run({.workers = 1}, [] {
            test::must(thread::spawn(
                           [] {
                               (void)green::offload([] {
                                   const std::string cleans_up(100, 'x');
                                   ::pthread_exit(nullptr);
                               });
                           },
                           {.name = "leaves"}))
                .join();
        });
        return 0;
    });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("green: a call that task 'leaves' offloaded called pthread_exit, or was cancelled") == 0);
}
