// SPDX-License-Identifier: MIT
//
// os/unix/process: the effects of a spawn on other spawns and on this process.
#include <support/child.hpp>
#include <support/words.hpp>

#include <weld/os/unix/process.hpp>

#include <sys/prctl.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <vector>

namespace io = weld::io;
namespace os = weld::os;
namespace process = weld::process;
using process::Child;
using process::Command;
using process::Stdio;
using test::child;
using test::must;
using weld::Kind;

namespace {

constexpr std::uint32_t nobody = 65534;

/// What a pre_exec waits for, and says.
struct Gate {
    int entered;
    int opened;
};

weld::sys::Result<void> pass(void* raw) {
    const Gate& gate = *static_cast<Gate*>(raw);
    char byte = 'e';
    const bool has_passed = ::write(gate.entered, &byte, 1) == 1 && ::read(gate.opened, &byte, 1) == 1;
    return has_passed ? weld::sys::Result<void>() : std::unexpected(weld::sys::Errno::Io);
}

weld::sys::Result<void> nothing(void* /*unused*/) { return {}; }

}  // namespace

TEST_CASE("children of other users, started by several threads, leave this process dumpable") {
    if (::geteuid() != 0) {
        WARN("not root: skipped");
        return;
    }
    const auto end = test::in_child(
        [] {
            constexpr int rounds = test::is_slow ? 5 : 25;
            std::atomic<int> failed = 0;
            for (const int dumpable : {1, 0}) {
                ::prctl(PR_SET_DUMPABLE, dumpable);
                weld::thread::scope([&](auto& scope) {
                    for (int thread = 0; thread < 4; ++thread) {
                        must(scope.spawn([&] {
                            Command command = child("exit", "0");
                            os::gid(os::uid(command, nobody), nobody);
                            for (int round = 0; round < rounds; ++round) {
                                failed += must(command.status()).success() ? 0 : 1;
                            }
                        }));
                    }
                });
                failed += ::prctl(PR_GET_DUMPABLE) == dumpable ? 0 : 1;
            }
            return failed == 0 ? 0 : 1;
        },
        60);
    CHECK(end.status == 0);
}

TEST_CASE("a uid without a gid is InvalidInput") {
    Command command = child("ids");
    os::uid(command, ::getuid());
    for (const auto& error : {command.spawn().error(), command.output().error(), os::exec(command)}) {
        CHECK(error.kind() == Kind::InvalidInput);
        CHECK(error.operation() == std::string_view("uid"));
    }
    os::gid(command, ::getgid());
    CHECK(must(command.output()).status.success());
}

TEST_CASE("a pre_exec that blocks does not delay the spawn of another thread") {
    io::Pipe entered = must(io::pipe());
    io::Pipe opened = must(io::pipe());
    Gate gate{.entered = entered.writer.as_handle().raw(), .opened = opened.reader.as_handle().raw()};
    auto waiting = must(weld::thread::spawn([&gate] {
        Command command = child("exit", "5");
        os::pre_exec(command, pass, &gate);
        return must(command.status()).code();
    }));
    REQUIRE(test::hears(entered.reader, "e"));
    for (int round = 0; round < 3; ++round) {
        Command plain = child("exit", "3");
        CHECK(must(plain.status()).code() == 3);
        os::pre_exec(plain, nothing, nullptr);
        CHECK(must(plain.status()).code() == 3);
    }
    must(weld::write_all(opened.writer, test::bytes("o")));
    CHECK(std::move(waiting).join() == 5);
}

TEST_CASE("a spawn with pre_exec ends when its program runs, also if another process holds the pipe of its failure") {
    // A process that is forked in the middle of other threads' spawns has their pipes, and keeps them.
    std::atomic<bool> is_over = false;
    io::Pipe alive = must(io::pipe());
    auto forker = must(weld::thread::spawn([&] {
        std::vector<pid_t> forked;
        while (!is_over && forked.size() < 100) {
            const pid_t id = ::fork();
            if (id == 0) {
                ::close(alive.writer.as_handle().raw());
                char byte = 0;
                (void)!::read(alive.reader.as_handle().raw(), &byte, 1);
                ::_exit(0);
            }
            forked.push_back(id);
        }
        return forked;
    }));
    Command command = child("exit", "3");
    os::pre_exec(command, nothing, nullptr);
    Command missing("/nowhere");
    os::pre_exec(missing, nothing, nullptr);
    for (int round = 0; round < (test::is_slow ? 5 : 25); ++round) {
        CHECK(must(command.status()).code() == 3);
        CHECK(missing.spawn().error().kind() == Kind::NotFound);
    }
    is_over = true;
    const std::vector<pid_t> forked = std::move(forker).join();
    must(std::move(alive.writer).close());
    for (const pid_t id : forked) {
        CHECK(TEMP_FAILURE_RETRY(::waitpid(id, nullptr, 0)) == id);
    }
}
