// SPDX-License-Identifier: MIT
//
// green::offload: what ends the process, and what it says then. No case runs a thread before its child is made, which a
// sanitizer would not stand.
#include <support/words.hpp>

#include <green/offload.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <csignal>
#include <string>

namespace thread = green::thread;

TEST_CASE("to offload outside a task ends the process with a message") {
    const auto end = test::in_child([] { return green::offload([] { return 42; }).value_or(1); });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("green::offload was called outside a task") != std::string::npos);
}

TEST_CASE("an offloaded call is outside the runtime: what parks ends the process with a message") {
    const auto end = test::in_child(
        [] { return green::run({.workers = 1}, [] { return green::offload([] { thread::yield_now(); }); }) ? 0 : 1; });
    CHECK(end.died_of(SIGABRT));
    INFO(end.said);
    CHECK(end.said.find("green::thread::yield_now was called outside a task") != std::string::npos);
}
