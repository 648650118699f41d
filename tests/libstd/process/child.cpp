// SPDX-License-Identifier: MIT
//
// process::Child: waiting, with and without a deadline; killing; stopping in stages; reading all output.
#include <support/child.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/os/linux.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <utility>

namespace os = weld::os;
namespace process = weld::process;
using namespace std::chrono_literals;
using process::Child;
using process::Command;
using process::Stdio;
using test::child;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

/// A child that said that it is ready.
Child ready(std::string_view verb) {
    Command command = child(verb);
    command.out(Stdio::piped());
    Child started = must(command.spawn());
    REQUIRE(test::hears(*started.out, "ready\n"));
    return started;
}

/// The state of a process in the system's table: "Z" for a zombie; empty if there is none.
std::string state_of(std::uint32_t id) {
    const auto text = weld::fs::read_to_string("/proc/" + std::to_string(id) + "/stat");
    return text ? text->substr(text->rfind(')') + 2, 1) : "";
}

}  // namespace

TEST_CASE("wait_until returns nullopt for a running child and a status for an ended one", "[reproc:deadline]") {
    Child waiting = ready("wait");
    CHECK_FALSE(must(waiting.try_wait()).has_value());
    CHECK_FALSE(must(waiting.wait_for(1ms)).has_value());
    CHECK_FALSE(must(waiting.wait_until(weld::time::Instant())).has_value());
    must(waiting.kill());
    CHECK(os::signal(must(waiting.wait_for(1h)).value()) == SIGKILL);
    CHECK(os::signal(must(waiting.try_wait()).value()) == SIGKILL);
}

TEST_CASE("wait closes the child's input first") {
    Command command = child("until-eof");
    command.in(Stdio::piped()).out(Stdio::piped());
    Child first = must(command.spawn());
    CHECK(must(first.wait()).success());
    CHECK_FALSE(first.in.has_value());
    Child second = must(command.spawn());
    CHECK_FALSE(must(second.try_wait()).has_value());
    CHECK(second.in.has_value());
    CHECK(must(second.wait_until(weld::time::Instant::max())).value().success());
}

TEST_CASE("a child that was waited for gets no signal, and no system call is made", "[promise:2.37]") {
    Child ended = must(child("exit", "0").spawn());
    CHECK(must(ended.wait()).success());
    // Without this process's leave to send any, a call would fail.
    must(ended.kill());
    must(os::send_signal(ended, SIGTERM));
    must(os::send_signal(ended, 12345));
    Child other = must(child("exit", "0").spawn());
    CHECK(kind_of(os::send_signal(other, 12345)) == Kind::InvalidInput);
    CHECK(must(other.wait()).success());
}

TEST_CASE("kill succeeds for a zombie", "[promise:2.37]") {
    Child ended = must(child("exit", "7").spawn());
    CHECK(test::eventually([&] { return state_of(ended.id()) == "Z"; }));
    must(ended.kill());
    CHECK(must(ended.wait()).code() == 7);
    CHECK(state_of(ended.id()) == "");
}

TEST_CASE("wait for a child that was reaped elsewhere is ECHILD and does not hang", "[promise:2.37]") {
    Child taken = must(child("exit", "7").spawn());
    REQUIRE(TEMP_FAILURE_RETRY(::waitpid(static_cast<pid_t>(taken.id()), nullptr, 0)) ==
            static_cast<pid_t>(taken.id()));
    const auto waited = taken.wait();
    REQUIRE_FALSE(waited.has_value());
    CHECK(waited.error() == std::errc::no_child_process);
    CHECK(waited.error().message() == "wait: No child processes (ECHILD)");
    CHECK(taken.try_wait().error() == std::errc::no_child_process);
    CHECK(taken.wait_for(1h).error() == std::errc::no_child_process);
    must(taken.kill());
}

TEST_CASE("wait is ECHILD if the process ignores SIGCHLD, no later than the child's end", "[promise:2.37]") {
    const auto end = test::in_child([] {
        ::signal(SIGCHLD, SIG_IGN);
        Child first = must(child("exit", "7").spawn());
        const auto waited = first.wait();
        Child second = must(child("exit", "7").spawn());
        const auto timed = second.wait_for(1h);
        const auto output = child("both").output();
        const bool told = !waited && waited.error() == std::errc::no_child_process && !timed.has_value() &&
                          timed.error() == std::errc::no_child_process && !output &&
                          output.error() == std::errc::no_child_process;
        // What cannot run is said to be so.
        return told && Command("/nowhere").spawn().error().kind() == Kind::NotFound ? 0 : 1;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("a dropped child continues, and is a zombie until it is reaped") {
    Command command = child("until-eof");
    command.in(Stdio::piped()).out(Stdio::null());
    const std::size_t before = test::open_descriptors();
    std::optional<weld::io::PipeWriter> input;
    pid_t id = 0;
    {
        Child dropped = must(command.spawn());
        id = static_cast<pid_t>(dropped.id());
        input = std::move(dropped.in);
    }
    CHECK(state_of(static_cast<std::uint32_t>(id)) != "");
    input.reset();
    CHECK(test::eventually([&] { return state_of(static_cast<std::uint32_t>(id)) == "Z"; }));
    CHECK(test::open_descriptors() == before);
    REQUIRE(TEMP_FAILURE_RETRY(::waitpid(id, nullptr, 0)) == id);
}

TEST_CASE("a mebibyte on each stream, the wrong one first, is read whole", "[promise:2.38][reproc:overflow]") {
    const process::Output output = must(child("flood", "1048576").output());
    CHECK(output.status.success());
    CHECK(output.out == std::string(1048576, 'o'));
    CHECK(output.err == std::string(1048576, 'e'));
}

TEST_CASE("a child that waits for the end of its input gets it", "[promise:2.38]") {
    Command command = child("until-eof");
    command.in(Stdio::piped()).out(Stdio::piped());
    CHECK(must(must(command.spawn()).wait_with_output()).out == "ended");
    CHECK(must(child("until-eof").output()).out == "ended");  // null by default
}

TEST_CASE("the streams that are no pipes are left alone", "[promise:2.38]") {
    const test::TempDir dir;
    Command command = child("both");
    command.out(must(weld::fs::File::create(dir / "out")));
    const process::Output output = must(command.output());
    CHECK(output.out.empty());
    CHECK(output.err == "err");
    CHECK(must(weld::fs::read_to_string(dir / "out")) == "out");
    CHECK(must(child("both").err(Stdio::null()).output()).err.empty());
}

TEST_CASE("stop closes the input and waits for the child to end by itself") {
    Command command = child("until-eof");
    command.in(Stdio::piped()).out(Stdio::null());
    Child polite = must(command.spawn());
    CHECK(must(polite.stop({.wait = 1h})).success());
    Child ended = must(child("exit", "3").spawn());
    CHECK(must(ended.wait()).code() == 3);
    CHECK(must(ended.stop()).code() == 3);
}

TEST_CASE("stop asks a child to end, and then kills it", "[reproc:stop]") {
    Child asked = ready("wait");
    CHECK(os::signal(must(asked.stop({.terminate = 1h}))) == SIGTERM);
    Child stubborn = ready("stubborn");
    CHECK(os::signal(must(stubborn.stop({.wait = 1ms, .terminate = 10ms}))) == SIGKILL);
    Child ended = ready("wait");
    CHECK(os::signal(must(ended.stop({.terminate = std::nullopt}))) == SIGKILL);
}

TEST_CASE("stop without a kill stage times out, and the child continues") {
    Child stubborn = ready("stubborn");
    CHECK(kind_of(stubborn.stop({.terminate = 1ms, .kill = std::nullopt})) == Kind::TimedOut);
    CHECK(kind_of(stubborn.stop({.terminate = std::nullopt, .kill = std::nullopt})) == Kind::TimedOut);
    CHECK_FALSE(must(stubborn.try_wait()).has_value());
    CHECK(os::signal(must(stubborn.stop({.terminate = std::nullopt}))) == SIGKILL);
}

TEST_CASE("one thread waits while another kills the child") {
    for (int round = 0; round < 20; ++round) {
        Child waiting = ready("wait");
        auto other = must(weld::thread::spawn([&] { return waiting.kill(); }));
        CHECK(os::signal(must(waiting.wait())) == SIGKILL);
        must(std::move(other).join());
    }
}

TEST_CASE("a pidfd is readable when its child has ended") {
    Child waiting = ready("wait");
    const int pidfd = os::pidfd(waiting).value();
    CHECK(::fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
    pollfd entry{.fd = pidfd, .events = POLLIN, .revents = 0};
    CHECK(::poll(&entry, 1, 0) == 0);
    must(os::send_signal(waiting, SIGINT));
    CHECK(TEMP_FAILURE_RETRY(::poll(&entry, 1, 10'000)) == 1);
    CHECK(os::signal(must(waiting.wait())) == SIGINT);
}

TEST_CASE("into_pidfd moves the pidfd out of the child") {
    Child given = must(child("exit", "5").spawn());
    const weld::sys::OwnedHandle pidfd = os::into_pidfd(std::move(given)).value();
    siginfo_t info{};
    REQUIRE(TEMP_FAILURE_RETRY(::waitid(P_PIDFD, static_cast<id_t>(pidfd.borrow().raw()), &info, WEXITED)) == 0);
    CHECK(info.si_status == 5);
}

TEST_CASE("a Child can be moved, and the one it replaces is dropped") {
    const std::size_t before = test::open_descriptors();
    {
        Child first = must(child("exit", "1").spawn());
        Child second = must(child("exit", "2").spawn());
        const auto id = static_cast<pid_t>(first.id());
        CHECK(must(second.wait()).code() == 2);
        first = std::move(second);
        CHECK(must(first.wait()).code() == 2);
        REQUIRE(TEMP_FAILURE_RETRY(::waitpid(id, nullptr, 0)) == id);
    }
    CHECK(test::open_descriptors() == before);
}

TEST_CASE("a status is what waitpid says") {
    CHECK(os::exit_status(0).success());
    CHECK(os::exit_status(0x0300).code() == 3);
    CHECK_FALSE(os::signal(os::exit_status(0x0300)).has_value());
    CHECK(os::signal(os::exit_status(SIGSEGV | 0x80)) == SIGSEGV);
    CHECK(os::core_dumped(os::exit_status(SIGSEGV | 0x80)));
    CHECK_FALSE(os::core_dumped(os::exit_status(SIGSEGV)));
    CHECK(os::stopped_signal(os::exit_status(0x137f)) == SIGSTOP);
    CHECK_FALSE(os::stopped_signal(os::exit_status(0)).has_value());
    CHECK(os::continued(os::exit_status(0xffff)));
    CHECK(os::raw(os::exit_status(0x137f)) == 0x137f);
    CHECK_FALSE(os::exit_status(0x137f).success());
    CHECK_FALSE(os::exit_status(0x137f).code().has_value());
    CHECK(os::exit_status(0).message() == "exited with code 0");
    CHECK(os::exit_status(0xff00).message() == "exited with code 255");
    CHECK(os::exit_status(SIGKILL).message() == "killed by signal 9 (SIGKILL)");
    CHECK(os::exit_status(SIGSEGV | 0x80).message() == "killed by signal 11 (SIGSEGV), core dumped");
    CHECK(os::exit_status(40).message() == "killed by signal 40");  // a real-time signal has no name
    CHECK(os::exit_status(0x137f).message() == "stopped by signal 19 (SIGSTOP)");
    CHECK(os::exit_status(0xffff).message() == "continued");
    std::ostringstream stream;
    stream << os::exit_status(0x0300);
    CHECK(stream.str() == "exited with code 3");
    for (const int signal : {SIGTERM, SIGKILL, SIGSEGV, SIGABRT, SIGRTMIN}) {
        INFO(signal);
        CHECK(os::signal(must(child("die", std::to_string(signal)).status())) == signal);
    }
}
