// SPDX-License-Identifier: MIT
//
// Output of a child: two streams with ends of their own, one stream of both, streams that were moved out, and output
// that is taken for a limited time.
#include <support/child.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/os/unix/process.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace io = weld::io;
namespace os = weld::os;
namespace process = weld::process;
using namespace std::chrono_literals;
using process::Child;
using process::Command;
using process::Output;
using process::Stdio;
using test::child;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

/// More than a pipe holds.
constexpr std::size_t much = 300'000;

Command piped(Command command) {
    command.out(Stdio::piped()).err(Stdio::piped());
    return command;
}

bool names(const weld::Error& error, std::string_view operation) {
    return error.kind() == Kind::InvalidInput && error.operation() == operation;
}

}  // namespace

TEST_CASE("the rest of one stream is read after the other has ended") {
    for (const process::OutputOptions& options : {process::OutputOptions{}, process::OutputOptions{.wait = 1h}}) {
        const Output err = must(child("finish", "1", std::to_string(much)).output(options));
        CHECK(err.status.success());
        CHECK(err.out.empty());
        CHECK(err.err == std::string(much, 'e'));
        const Output out = must(child("finish", "2", std::to_string(much)).output(options));
        CHECK(out.status.success());
        CHECK(out.out == std::string(much, 'o'));
        CHECK(out.err.empty());
    }
}

TEST_CASE("a stream that was moved out is left to its owner, and the child continues") {
    Child writes_err = must(piped(child("flood", std::to_string(much))).spawn());
    io::PipeReader out = *std::move(writes_err.out);
    auto reader = must(weld::thread::spawn([&out] {
        std::string text;
        return weld::read_to_string(out, text) ? text : std::string();
    }));
    const Output rest = must(std::move(writes_err).wait_with_output());
    CHECK(rest.status.success());
    CHECK(rest.out.empty());
    CHECK(rest.err == std::string(much, 'e'));
    CHECK(std::move(reader).join() == std::string(much, 'o'));

    Child writes_out = must(piped(child("both")).spawn());
    const io::PipeReader err = *std::move(writes_out.err);
    CHECK(must(std::move(writes_out).wait_with_output()).out == "out");
    CHECK(test::hears(err, "err"));

    Child writes_none = must(piped(child("both")).spawn());
    const io::PipeReader first = *std::move(writes_none.out);
    const io::PipeReader second = *std::move(writes_none.err);
    const Output none = must(std::move(writes_none).wait_with_output({.wait = 1h}));
    CHECK((none.status.success() && none.out.empty() && none.err.empty()));
    CHECK((test::hears(first, "out") && test::hears(second, "err")));
}

TEST_CASE("a Child that was moved from waits for nothing and kills nothing") {
    Child first = must(child("exit", "7").spawn());
    Child second = std::move(first);
    CHECK(first.wait().error() == std::errc::no_child_process);  // NOLINT(bugprone-use-after-move)
    CHECK(first.try_wait().error() == std::errc::no_child_process);
    CHECK(first.wait_for(1h).error() == std::errc::no_child_process);
    CHECK(first.stop().error() == std::errc::no_child_process);
    CHECK(first.kill().error() == std::errc::no_such_process);
    CHECK(first.kill_group().error() == std::errc::no_such_process);
    CHECK(os::send_signal(first, SIGTERM).error() == std::errc::no_such_process);
    CHECK(first.id() == 0);
    CHECK(must(second.wait()).code() == 7);
}

TEST_CASE("status of a command with a pipe is InvalidInput") {
    CHECK(names(child("exit", "0").out(Stdio::piped()).status().error(), "status"));
    CHECK(names(child("exit", "0").err(Stdio::piped()).status().error(), "status"));
    CHECK(names(child("exit", "0").in(Stdio::piped()).status().error(), "status"));
    CHECK((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD));
    CHECK(must(child("exit", "3").in(Stdio::null()).out(Stdio::null()).err(Stdio::null()).status()).code() == 3);
}

TEST_CASE("output is read for no longer than its rest once the child has ended") {
    io::Pipe alive = must(io::pipe());  // the process that is left ends with this
    Command command = child("leave");
    command.in(Stdio::borrowed(alive.reader.as_handle()));
    const Output output = must(command.output({.rest = 1ms}));
    CHECK(output.status.success());
    CHECK(output.out == "left");
    CHECK(output.err.empty());

    // All of it comes where the other one ends in time.
    Child waiting = must(piped(child("leave")).in(Stdio::piped()).spawn());
    CHECK(must(std::move(waiting).wait_with_output({.rest = 1h})).out == "left");
}

TEST_CASE("output of a child that does not end in time is TimedOut, and the child is killed") {
    const std::size_t before = test::open_descriptors();
    const auto silent = child("wait").output({.wait = 1ms});
    CHECK(kind_of(silent) == Kind::TimedOut);
    // One that has closed its streams and stops, and one that never stops writing.
    CHECK(kind_of(Command("/bin/sh").arg("-c").arg("exec >&- 2>&-; kill -STOP $$").output({.wait = 1ms})) ==
          Kind::TimedOut);
    CHECK(kind_of(Command("/bin/sh").arg("-c").arg("while :; do echo x; done").output({.wait = 10ms})) ==
          Kind::TimedOut);
    CHECK((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD));
    CHECK(test::open_descriptors() == before);
    CHECK(must(child("both").output({.wait = 1h, .rest = 1h})).out == "out");
}

TEST_CASE("standard error goes where standard output goes, in the order in which the child writes") {
    const Output one = must(child("both").err(Stdio::same_as_out()).output());
    CHECK(one.out == "outerr");
    CHECK(one.err.empty());
    const Output other = must(child("both").out(Stdio::same_as_err()).output());
    CHECK(other.out.empty());
    CHECK(other.err == "outerr");

    const test::TempDir dir;
    Command to_file = child("both");
    to_file.err(Stdio::same_as_out()).out(must(weld::fs::File::create(dir / "both")));
    CHECK(must(to_file.status()).success());
    CHECK(must(weld::fs::read_to_string(dir / "both")) == "outerr");
}

TEST_CASE("a stream that is the same as an inherited one is this process's") {
    for (const bool execs : {false, true}) {
        const auto end = test::in_child([&] {
            Command command = child("both");  // standard output of this process is null, standard error a pipe
            command.out(Stdio::same_as_err());
            if (execs) {
                return os::exec(command).code();
            }
            return must(command.status()).success() ? 0 : 1;
        });
        CHECK(end.exited_with(0));
        CHECK(end.said == "outerr");
    }
}

TEST_CASE("a stream that is the same as itself, or two as each other, is InvalidInput with its name") {
    CHECK(names(child("both").out(Stdio::same_as_out()).spawn().error(), "out"));
    CHECK(names(child("both").err(Stdio::same_as_err()).spawn().error(), "err"));
    CHECK(names(child("both").in(Stdio::same_as_out()).spawn().error(), "in"));
    CHECK(names(child("both").in(Stdio::same_as_err()).spawn().error(), "in"));
    CHECK(names(child("both").out(Stdio::same_as_err()).err(Stdio::same_as_out()).spawn().error(), "out"));
    Command command = child("both");
    command.err(Stdio::same_as_err());
    CHECK(names(os::exec(command), "err"));
}

TEST_CASE("kill_group reaches the processes that the child started, also after its end") {
    io::Pipe alive = must(io::pipe());
    for (const bool waits_first : {false, true}) {
        io::Pipe said = must(io::pipe());
        Command command = child("leave");
        command.in(Stdio::borrowed(alive.reader.as_handle())).out(Stdio::borrowed(said.writer.as_handle()));
        os::process_group(command, 0);
        Child leader = must(command.spawn());
        if (waits_first) {
            CHECK(must(leader.wait()).success());
        }
        must(std::move(said.writer).close());
        REQUIRE(test::hears(said.reader, "left"));
        const auto sent = waits_first ? os::signal_group(leader, SIGTERM) : leader.kill_group();
        if (!sent && sent.error().kind() == Kind::Unsupported) {
            WARN("this kernel cannot signal the group of a process that was waited for");
            alive = must(io::pipe());
        }
        // The other process held the stream, which ends with it.
        std::string text;
        CHECK(must(weld::read_to_string(said.reader, text)) == 0);
        (void)leader.wait();
    }
    Child alone = must(child("wait").out(Stdio::piped()).spawn());
    CHECK(alone.kill_group().error() == std::errc::no_such_process);
    must(alone.kill());
    CHECK(os::signal(must(alone.wait())) == SIGKILL);
}

TEST_CASE("a spawn that runs out of file descriptors at any step leaves no descriptor and no child") {
    const auto end = test::in_child([] {
        constexpr rlim_t most = 64;
        const rlimit limit{.rlim_cur = most, .rlim_max = most};
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            return 1;
        }
        const auto fails = [](void*) -> weld::sys::Result<void> { return std::unexpected(weld::sys::Errno::Perm); };
        bool has_worked = false;
        for (const bool has_code : {false, true}) {
            for (int free = 0; free < 12; ++free) {
                const std::size_t before = test::open_descriptors();
                std::vector<int> taken;
                for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) {
                    taken.push_back(fd);
                }
                for (int i = 0; i < free; ++i) {
                    (void)::close(taken.back());
                    taken.pop_back();
                }
                Command command = piped(child("exit", "0"));
                if (has_code) {
                    os::pre_exec(command, fails, nullptr);
                }
                const auto output = command.output();
                for (const int fd : taken) {
                    (void)::close(fd);
                }
                has_worked = has_worked || output;
                if (!output && output.error() != Kind::TooManyOpenFiles && output.error() != Kind::PermissionDenied) {
                    return 2;
                }
                if (::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD || test::open_descriptors() != before) {
                    return 3;
                }
            }
        }
        return has_worked ? 0 : 4;
    });
    CHECK(end.exited_with(0));
    CHECK(end.said == "");
}
