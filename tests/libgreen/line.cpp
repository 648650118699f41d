// SPDX-License-Identifier: MIT
//
// Line: the runtime's messages on standard error never wait: not for stdio's lock, and not for a reader.
#include <libgreen/gate.hpp>
#include <support/words.hpp>

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <line.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

using test::Gate;
using test::must;
namespace thread = green::thread;

namespace {

const green::Line line = green::Line().add("one ").add(std::size_t{2}).add(" three\n");

/// Makes `end` descriptor 2 and fills its buffer. The descriptor is blocking afterwards, as in a usual program.
void fill(int end) {
    (void)::dup2(end, STDERR_FILENO);
    const int flags = ::fcntl(end, F_GETFL);
    (void)::fcntl(end, F_SETFL, flags | O_NONBLOCK);
    const std::array<char, 512> junk{};
    while (::write(end, junk.data(), junk.size()) > 0 || ::write(end, junk.data(), 1) > 0) {
    }
    (void)::fcntl(end, F_SETFL, flags);
}

/// Makes a pipe, with its writing end as descriptor 2, and returns the reading end.
int make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0 || ::dup2(ends[1], STDERR_FILENO) < 0) {
        ::_exit(120);
    }
    (void)::close(ends[1]);
    return ends[0];
}

std::string read_some(int fd) {
    std::array<char, 1024> buffer{};
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    return {buffer.data(), static_cast<std::size_t>(count < 0 ? 0 : count)};
}

/// Reads until `what` has come.
void hear(int fd, const std::string& what) {
    for (std::string heard; heard.find(what) == std::string::npos;) {
        heard += read_some(fd);
    }
}

}  // namespace

TEST_CASE("a line is written whole to a pipe, a socket or the end of a file that has room") {
    const auto pipe = test::in_child([] {
        const int reader = make_pipe();
        return line.say() && read_some(reader) == "one 2 three\n" ? 0 : 1;
    });
    CHECK(pipe.exited_with(0));
    const auto socket = test::in_child([] {
        std::array<int, 2> ends{};
        (void)::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data());
        (void)::dup2(ends[1], STDERR_FILENO);
        return line.say() && read_some(ends[0]) == "one 2 three\n" ? 0 : 1;
    });
    CHECK(socket.exited_with(0));
    const auto file = test::in_child([] {
        const test::TempDir dir;
        const int log = ::open((dir / "log").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        (void)::dup2(log, STDERR_FILENO);
        const bool all = ::write(STDERR_FILENO, "before\n", 7) == 7 && line.say() && ::write(2, "after\n", 6) == 6;
        std::array<char, 64> text{};
        const ssize_t count = ::pread(log, text.data(), text.size(), 0);
        return all && std::string(text.data(), static_cast<std::size_t>(count)) == "before\none 2 three\nafter\n" ? 0
                                                                                                                  : 1;
    });
    CHECK(file.exited_with(0));
}

TEST_CASE("a line without room is dropped at once, and the descriptor stays blocking") {
    const auto pipe = test::in_child([] {
        std::array<int, 2> ends{};
        (void)::pipe2(ends.data(), O_CLOEXEC);
        fill(ends[1]);
        return !line.say() && (::fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK) == 0 ? 0 : 1;
    });
    CHECK(pipe.exited_with(0));
    const auto socket = test::in_child([] {
        std::array<int, 2> ends{};
        (void)::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data());
        fill(ends[1]);
        return !line.say() ? 0 : 1;
    });
    CHECK(socket.exited_with(0));
}

TEST_CASE("a line is dropped without a signal when its reader is gone or standard error is closed") {
    const auto reader_gone = test::in_child([] {
        (void)::close(make_pipe());
        return !line.say() ? 0 : 1;
    });
    CHECK(reader_gone.exited_with(0));
    const auto closed = test::in_child([] {
        (void)::close(STDERR_FILENO);
        return !line.say() ? 0 : 1;
    });
    CHECK(closed.exited_with(0));
}

TEST_CASE("a line is written even when the process can open no descriptor") {
    for (const rlim_t limit : {rlim_t{3}, rlim_t{0}}) {
        const auto end = test::in_child([&] {
            const int reader = make_pipe();
            const rlimit none{.rlim_cur = limit, .rlim_max = limit};
            (void)::setrlimit(RLIMIT_NOFILE, &none);
            return line.say() && read_some(reader) == "one 2 three\n" ? 0 : 1;
        });
        CHECK(end.exited_with(0));
    }
}

TEST_CASE("die ends the process while a thread blocks in stdio and its pipe is full") {
    if (test::under_thread_sanitizer) {
        WARN("not tried under the thread sanitizer, whose abort flushes stdio first");
        return;
    }
    const auto end = test::in_child([] {
        std::array<int, 2> ends{};
        (void)::pipe2(ends.data(), O_CLOEXEC);
        fill(ends[1]);
        std::atomic<bool> has_lock{false};
        std::thread blocks([&] {
            ::flockfile(stderr);
            has_lock = true;
            std::fputs("more than there is room for", stderr);
        });
        while (!has_lock) {
            std::this_thread::yield();
        }
        thread::yield_now();  // outside a task
        return 0;
    });
    CHECK(end.died_of(SIGABRT));
}

TEST_CASE("die writes its line, and then calls the program's own terminate handler") {
    const auto end = test::in_child([] {
        std::set_terminate([] {
            (void)!::write(STDERR_FILENO, "mine", 4);
            ::_exit(9);
        });
        thread::yield_now();
        return 0;
    });
    CHECK(end.exited_with(9));
    CHECK(end.said == "green: green::thread::yield_now was called outside a task: call it inside green::run\nmine");
}

TEST_CASE("an uncaught exception ends the process while a task holds stdio's lock") {
    if (test::under_thread_sanitizer) {
        WARN("not tried under the thread sanitizer, whose abort flushes stdio first");
        return;
    }
    const auto end = test::in_child([] {
        Gate never;
        (void)green::run({.workers = 1}, [&] {
            auto holds = thread::spawn([&] {
                ::flockfile(stderr);
                never.wait();
            });
            (void)thread::spawn([] { throw std::runtime_error("it"); }, {.name = "throws"});
            std::move(*holds).join();
        });
        return 0;
    });
    CHECK(end.died_of(SIGABRT));
    CHECK(end.said == "green: task 'throws' ended with an exception that nobody can join: it\n");
}

TEST_CASE("the monitor reports its limit while a blocked task holds stdio's lock, and keeps watching") {
    const auto end = test::in_child([] {
        const int reader = make_pipe();
        Gate first;
        Gate second;
        Gate third;
        (void)green::run({.workers = 1, .spare_carriers = 2}, [&] {
            auto holds = must(thread::spawn(
                [&] {
                    ::flockfile(stderr);
                    first.wait();
                    ::funlockfile(stderr);
                },
                {.name = "holds"}));
            auto blocks = must(thread::spawn([&] { second.wait(); }));
            auto blocks_too = must(thread::spawn([&] { second.wait(); }));
            auto waits = must(thread::spawn([] {}));
            std::thread reads([&] {
                hear(reader,
                     "green: tasks that block use all 2 spare carriers, so other tasks wait; the longest: 'holds'");
                second.open();
            });
            std::move(waits).join();  // it gets a carrier when those have ended
            std::move(blocks).join();
            std::move(blocks_too).join();
            auto opens = must(thread::spawn([&] {
                auto helps = must(thread::spawn([&] { third.open(); }));
                third.wait();  // the monitor has to take the worker
                std::move(helps).join();
                first.open();
            }));
            reads.join();
            std::move(opens).join();
            std::move(holds).join();
        });
        return 0;
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}
