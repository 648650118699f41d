// SPDX-License-Identifier: MIT
//
// process::exit, abort and id: the end of a process, and its process ID.
#include <support/child.hpp>
#include <support/words.hpp>

#include <weld/os/unix/process.hpp>
#include <weld/process.hpp>

#include <unistd.h>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace process = weld::process;
using test::must;

namespace {

void say_in_handler() { std::fputs("handler\n", stderr); }

void exit_in_handler() { process::exit(6); }

/// A child process that ends as a program does, without what this one registered with atexit.
template <class Body>
test::ChildEnd in_program(Body body) {
    return test::in_child([&] { return body(), 1; });
}

}  // namespace

TEST_CASE("exit ends the process with its code after the atexit handlers") {
    const auto end = in_program([] {
        std::atexit(say_in_handler);
        process::exit(42);
    });
    CHECK(end.exited_with(42));
    CHECK(end.said == "handler\n");
}

TEST_CASE("of many threads that exit, one does, and the handlers run once", "[promise:2.46]") {
    for (int round = 0; round < 20; ++round) {
        const auto end = in_program([] {
            std::atexit(say_in_handler);
            std::atomic<int> ready = 0;
            weld::thread::scope([&](auto& scope) {
                for (int i = 0; i < 8; ++i) {
                    must(scope.spawn([&] {
                        for (++ready; ready < 8;) {
                        }
                        process::exit(42);
                    }));
                }
            });
        });
        CHECK(end.exited_with(42));
        CHECK(end.said == "handler\n");
    }
}

TEST_CASE("exit from an atexit handler ends the process", "[promise:2.46]") {
    const auto end = in_program([] {
        std::atexit(exit_in_handler);
        process::exit(42);
    });
    CHECK(end.exited_with(6));
}

TEST_CASE("abort ends the process by SIGABRT") {
    CHECK(in_program([] { process::abort(); }).died_of(SIGABRT));
}

TEST_CASE("id and parent_id return the process IDs of this process and its parent", "[reproc:pid]") {
    CHECK(process::id() == static_cast<std::uint32_t>(::getpid()));
    CHECK(weld::os::parent_id() == static_cast<std::uint32_t>(::getppid()));
    const std::uint32_t parent = process::id();
    CHECK(test::in_child([=] {
              return weld::os::parent_id() == parent && process::id() != parent ? 0 : 1;
          }).exited_with(0));
}
