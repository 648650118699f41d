// SPDX-License-Identifier: MIT
//
// process::Command: what runs, with which arguments, variables and directory; what cannot run; Rust's own tests of it.
#include <support/child.hpp>
#include <support/words.hpp>

#include <weld/env.hpp>
#include <weld/fs.hpp>
#include <weld/os/unix/process.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <concepts>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fs = weld::fs;
namespace process = weld::process;
using namespace std::string_view_literals;
using process::Command;
using process::Stdio;
using test::child;
using test::kind_of;
using test::lines_of;
using test::must;
using test::said_by;
using weld::Kind;

namespace {

/// What `sh -c script` writes, read from its pipe.
std::string run_output(std::string_view script) {
    Command command("/bin/sh");
    command.arg("-c").arg(script).out(Stdio::piped());
    process::Child child = must(command.spawn());
    std::string text;
    REQUIRE(child.out.has_value());
    REQUIRE(weld::read_to_string(*child.out, text));
    CHECK(must(child.wait()).success());
    return text;
}

Command shell(std::string_view script) {
    Command command("/bin/sh");
    command.arg("-c").arg(script);
    return command;
}

constexpr std::string_view nul_inside = "has-some-\0\0s-inside"sv;

/// A program in `dir` by the name of `name`, which says `text`.
void make_script(const std::string& path, std::string_view text) {
    must(fs::write(path, "#!/bin/sh\necho " + std::string(text) + "\n"));
    must(fs::set_permissions(path, fs::Permissions(0755)));
}

}  // namespace

TEST_CASE("a program runs and succeeds", "[rust2014:smoke]") {
    CHECK(must(must(shell("true").spawn()).wait()).success());
}

TEST_CASE("spawn of a program that does not exist fails", "[rust:smoke_failure]") {
    CHECK(kind_of(Command("if-this-is-a-binary-then-the-world-has-ended").spawn()) == Kind::NotFound);
}

TEST_CASE("status returns the code of a program that failed", "[rust:exit_reported_right]") {
    process::Child child = must(shell("false").spawn());
    CHECK(must(child.wait()).code() == 1);
    CHECK(must(child.wait()).code() == 1);
    for (const int code : {0, 1, 2, 127, 255}) {
        CHECK(must(test::child("exit", std::to_string(code)).status()).code() == code);
    }
}

TEST_CASE("status returns the signal that killed a program", "[rust:signal_reported_right]") {
    Command command = shell("read a");
    command.in(Stdio::piped());
    process::Child child = must(command.spawn());
    must(child.kill());
    const process::ExitStatus status = must(child.wait());
    CHECK(weld::os::signal(status) == 9);
    CHECK_FALSE(status.success());
    CHECK_FALSE(status.code().has_value());
}

TEST_CASE("a piped stream gives what the program writes", "[rust:stdout_works]") {
    CHECK(run_output("echo foobar") == "foobar\n");
}

TEST_CASE("a program starts in its current_dir", "[rust:set_current_dir_works][reproc:working_directory]") {
    CHECK(said_by(child("cwd").current_dir("/")) == "/\n");
    const test::TempDir dir;
    CHECK(said_by(child("cwd").current_dir(dir.path())) == must(fs::canonicalize(dir.path())) + "\n");
    CHECK(said_by(child("cwd").current_dir(std::string_view("/usr/lib").substr(0, 4))) == "/usr\n");
}

TEST_CASE("a program reads what is written to its piped input", "[rust:stdin_works]") {
    Command command = shell("read line; echo $line");
    command.in(Stdio::piped()).out(Stdio::piped());
    process::Child child = must(command.spawn());
    must(child.in->write(test::bytes("foobar")));
    child.in.reset();
    std::string text;
    must(weld::read_to_string(*child.out, text));
    CHECK(must(child.wait()).success());
    CHECK(text == "foobar\n");
}

TEST_CASE("a program is started and waited for", "[rust:test_process_status]") {
    CHECK(must(shell("false").status()).code() == 1);
    CHECK(must(shell("true").status()).success());
}

TEST_CASE("output of a program that does not exist is NotFound", "[rust:test_process_output_fail_to_start]") {
    CHECK(kind_of(Command("/no-binary-by-this-name-should-exist").output()) == Kind::NotFound);
}

TEST_CASE("output returns what a program writes to standard output", "[rust:test_process_output_output]") {
    const process::Output output = must(shell("echo hello").output());
    CHECK(output.status.success());
    CHECK(output.out == "hello\n");
    CHECK(output.err.empty());
}

TEST_CASE("output returns what a program writes to standard error", "[rust:test_process_output_error]") {
    Command command("mkdir");
    const process::Output output = must(command.arg("./").output());
    CHECK(output.status.code().value_or(0) != 0);
    CHECK(output.out.empty());
    CHECK_FALSE(output.err.empty());
}

TEST_CASE("wait returns the exit code", "[rust:test_finish_once]") {
    CHECK(must(must(shell("false").spawn()).wait()).code() == 1);
}

TEST_CASE("a second wait returns the same", "[rust:test_finish_twice]") {
    process::Child child = must(shell("false").spawn());
    CHECK(must(child.wait()).code() == 1);
    CHECK(must(child.wait()).code() == 1);
    CHECK(must(child.try_wait()).value().code() == 1);
    CHECK(must(child.wait_for(std::chrono::hours(1))).value().code() == 1);
}

TEST_CASE("wait_with_output reads only the streams that are pipes", "[rust:test_wait_with_output_once]") {
    Command command = shell("echo hello");
    command.out(Stdio::piped());
    const process::Output output = must(must(command.spawn()).wait_with_output());
    CHECK(output.status.success());
    CHECK(output.out == "hello\n");
    CHECK(output.err.empty());
}

TEST_CASE("env_clear leaves the child only the variables that were set", "[rust:test_override_env]") {
    Command command = child("env");
    command.env("LOST", "1").env_clear().env("RUN_TEST_NEW_ENV", "123");
    CHECK(lines_of(said_by(command)) == std::set<std::string>{"RUN_TEST_NEW_ENV=123"});
}

TEST_CASE("env adds a variable to those of this process", "[rust:test_add_to_env]") {
    const auto lines = lines_of(said_by(child("env").env("RUN_TEST_NEW_ENV", "123")));
    CHECK(lines.contains("RUN_TEST_NEW_ENV=123"));
    CHECK(lines.contains("PATH=" + weld::env::var("PATH").value_or("")));
}

TEST_CASE("the child gets this process's environment at its start", "[rust:test_capture_env_at_spawn]") {
    Command command = child("env");
    command.env("RUN_TEST_NEW_ENV1", "123");
    REQUIRE(::setenv("RUN_TEST_NEW_ENV2", "456", 1) == 0);
    const auto lines = lines_of(said_by(command));
    REQUIRE(::unsetenv("RUN_TEST_NEW_ENV2") == 0);
    CHECK(lines.contains("RUN_TEST_NEW_ENV1=123"));
    CHECK(lines.contains("RUN_TEST_NEW_ENV2=456"));
}

TEST_CASE("a child may have an empty environment", "[rust:env_empty]") {
    CHECK(said_by(child("env").env_clear()) == "");
}

TEST_CASE("the environment of this process is not changed for a child", "[promise:2.40]") {
    REQUIRE(::setenv("WELD_TEST_KEPT", "here", 1) == 0);
    char** const before = ::environ;
    const std::vector<char*> pointers(
        before, before + std::distance(before, std::ranges::find(before, before + 100000, nullptr)));
    Command command = child("env");
    command.env("WELD_TEST_KEPT", "there").env("WELD_TEST_NEW", "=a=b").env_remove("PATH").env_remove("NEVER_SET");
    const auto lines = lines_of(said_by(command));
    CHECK(lines.contains("WELD_TEST_KEPT=there"));
    CHECK(lines.contains("WELD_TEST_NEW==a=b"));
    CHECK(std::ranges::none_of(lines, [](const std::string& line) { return line.starts_with("PATH="); }));
    CHECK(::environ == before);
    CHECK(std::ranges::equal(pointers, std::span(before, pointers.size())));
    CHECK(weld::env::var("WELD_TEST_KEPT") == "here");
    REQUIRE(::unsetenv("WELD_TEST_KEPT") == 0);
}

TEST_CASE("variables come from any range of pairs, and the last of a name counts", "[reproc:env]") {
    const std::map<std::string, std::string> some = {{"A", "1"}, {"B", "2"}};
    const std::vector<std::pair<const char*, std::string_view>> more = {{"B", "3"}, {"C", ""}};
    Command command = child("env");
    command.env_clear().envs(some).envs(more);
    CHECK(said_by(command) == "A=1\nB=3\nC=\n");
}

TEST_CASE("a NUL in the program's name is an error", "[rust:test_interior_nul_in_progname_is_error]") {
    CHECK(kind_of(Command(nul_inside).spawn()) == Kind::InvalidInput);
    CHECK(kind_of(Command(std::string(nul_inside)).spawn()) == Kind::InvalidInput);
}

TEST_CASE("a NUL in an argument is an error", "[rust:test_interior_nul_in_arg_is_error]") {
    CHECK(Command("echo").arg(nul_inside).spawn().error() == weld::Error("spawn", weld::Fault::NulInText));
}

TEST_CASE("a NUL in one of several arguments is an error", "[rust:test_interior_nul_in_args_is_error]") {
    CHECK(kind_of(Command("echo").args(std::array{"a"sv, nul_inside}).spawn()) == Kind::InvalidInput);
}

TEST_CASE("a NUL in the directory is an error", "[rust:test_interior_nul_in_current_dir_is_error]") {
    CHECK(kind_of(Command("echo").current_dir(nul_inside).spawn()) == Kind::InvalidInput);
    CHECK(kind_of(Command("echo").current_dir("/\0"sv).status()) == Kind::InvalidInput);
}

TEST_CASE("a NUL in the name of a variable is an error", "[rust:test_interior_nul_in_env_key_is_error]") {
    CHECK(kind_of(Command("env").env(nul_inside, "value").spawn()) == Kind::InvalidInput);
    CHECK(kind_of(Command("env").env_remove(nul_inside).spawn()) == Kind::InvalidInput);
}

TEST_CASE("a NUL in the value of a variable is an error", "[rust:test_interior_nul_in_env_value_is_error]") {
    CHECK(Command("env").env("key", nul_inside).spawn().error() == weld::Error("spawn", weld::Fault::NulInText));
}

TEST_CASE("a NUL in a Unix-only setting and an invalid name of a variable are errors", "[promise:2.5]") {
    Command named("echo");
    weld::os::arg0(named, nul_inside);
    CHECK(named.spawn().error() == weld::Error("spawn", weld::Fault::NulInText));
    Command rooted("echo");
    weld::os::chroot(rooted, nul_inside);
    CHECK(kind_of(rooted.spawn()) == Kind::InvalidInput);
    CHECK(Command("env").env("", "value").spawn().error() == weld::Error("spawn", weld::Fault::BadVariable));
    CHECK(Command("env").env("A=B", "value").spawn().error() == weld::Error("spawn", weld::Fault::BadVariable));
    CHECK(Command("env").env("=A", "value").spawn().error() == weld::Error("spawn", weld::Fault::BadVariable));
}

TEST_CASE("arguments arrive one by one, with any content", "[reproc:argv]") {
    Command command = child("argv", "", " ", "a b", "\"", "$HOME", "*", "\\", "'x'", "\xff\n");
    command.args(std::vector<std::string>{"-", "--"}).args(std::array{"last"});
    CHECK(said_by(command) == "[]\n[ ]\n[a b]\n[\"]\n[$HOME]\n[*]\n[\\]\n['x']\n[\xff\n]\n[-]\n[--]\n[last]\n");
}

TEST_CASE("a name without a slash is searched for in the PATH of the child", "[rust:issue_15149]") {
    const test::TempDir dir;
    make_script(dir / "mytest", "found");
    auto paths = weld::env::var("PATH").value_or("/bin");
    CHECK(kind_of(Command("mytest").output()) == Kind::NotFound);
    CHECK(said_by(Command("mytest").env("PATH", paths + ":" + dir.path())) == "found\n");
}

TEST_CASE("a program is searched for in the PATH that the child has, in its order, and nowhere else",
          "[promise:2.31][reproc:path]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "first"));
    must(fs::create_dir(dir / "second"));
    must(fs::create_dir(dir / "here"));
    must(fs::write(dir / "file", ""));
    make_script(dir / "second/tool", "second");
    make_script(dir / "here/tool", "here");
    const std::string both = dir / "first" + ":" + dir.path() + "/file:" + dir.path() + "/second/";

    CHECK(said_by(Command("tool").env("PATH", both)) == "second\n");
    make_script(dir / "first/tool", "first");
    CHECK(said_by(Command("tool").env("PATH", both)) == "first\n");

    // What may not be run is passed over, and said only if there is no other.
    must(fs::set_permissions(dir / "first/tool", fs::Permissions(0)));
    CHECK(said_by(Command("tool").env("PATH", both)) == "second\n");
    must(fs::set_permissions(dir / "second/tool", fs::Permissions(0)));
    CHECK(kind_of(Command("tool").env("PATH", both).output()) == Kind::PermissionDenied);
    CHECK(kind_of(Command("tool").env("PATH", dir / "file").output()) == Kind::NotADirectory);

    // Not the current directory, of neither process, but where the PATH has it.
    CHECK(kind_of(Command("tool").env("PATH", "/nowhere").current_dir(dir / "here").output()) == Kind::NotFound);
    CHECK(said_by(Command("tool").env("PATH", "/nowhere::/bin").current_dir(dir / "here")) == "here\n");
    CHECK(said_by(Command("tool").env("PATH", ".").current_dir(dir / "here")) == "here\n");

    // A path with a slash is no name, and is taken from where the child begins.
    CHECK(said_by(Command("./tool").env("PATH", both).current_dir(dir / "here")) == "here\n");
    CHECK(kind_of(Command("here/tool").env("PATH", dir.path()).output()) == Kind::NotFound);
    CHECK(kind_of(Command("").output()) == Kind::NotFound);
    CHECK(kind_of(Command(std::string(300, 'x')).output()) == Kind::InvalidFilename);
}

TEST_CASE("without a PATH the program is searched for in /bin and /usr/bin", "[promise:2.31]") {
    CHECK(must(Command("sh").arg("-c").arg("exit 3").env_clear().status()).code() == 3);
    CHECK(must(Command("sh").arg("-c").arg("exit 3").env_remove("PATH").status()).code() == 3);
}

TEST_CASE("an error of spawn names the failed step, and nothing is left of the child", "[promise:2.32]") {
    const test::TempDir dir;
    must(fs::write(dir / "script", "echo no interpreter\n"));
    must(fs::set_permissions(dir / "script", fs::Permissions(0755)));
    must(fs::write(dir / "plain", "text"));
    const std::size_t before = test::open_descriptors();
    const auto fails = [](const weld::Result<process::Child>& spawned, std::string_view operation, Kind kind) {
        REQUIRE_FALSE(spawned.has_value());
        CHECK(spawned.error().operation() == operation);
        CHECK(spawned.error().kind() == kind);
    };
    fails(Command("/nowhere").spawn(), "spawn", Kind::NotFound);
    fails(Command("/").spawn(), "spawn", Kind::PermissionDenied);
    fails(Command(dir / "plain").spawn(), "spawn", Kind::PermissionDenied);
    fails(Command(dir / "script").spawn(), "spawn", Kind::Other);  // ENOEXEC: no shell is asked
    fails(Command(dir / "plain/x").spawn(), "spawn", Kind::NotADirectory);
    fails(Command("/bin/true").current_dir("/nowhere").spawn(), "current_dir", Kind::NotFound);
    fails(Command("/nowhere").current_dir("/nowhere").spawn(), "current_dir", Kind::NotFound);
    fails(Command("/bin/true").current_dir(dir / "plain").spawn(), "current_dir", Kind::NotADirectory);
    fails(Command("/bin/true").arg(std::string(200'000, 'x')).spawn(), "spawn", Kind::ArgumentListTooLong);
    CHECK(test::open_descriptors() == before);
    CHECK((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD));
}

TEST_CASE("a Command starts many processes, from several threads") {
    const Command command = [] {
        Command made = child("argv", "same");
        made.env("X", "1");
        return made;
    }();
    std::atomic<int> good = 0;
    weld::thread::scope([&](auto& scope) {
        for (int i = 0; i < 4; ++i) {
            must(scope.spawn([&] {
                for (int round = 0; round < 10; ++round) {
                    const auto output = command.output();
                    good += output && output->out == "[same]\n" ? 1 : 0;
                }
            }));
        }
    });
    CHECK(good == 40);
}

TEST_CASE("a Command can be moved to another thread", "[rust:test_command_implements_send_sync]") {
    static_assert(std::movable<Command> && !std::copyable<Command>);
    auto spawned = must(weld::thread::spawn([command = child("exit", "4")] { return command.status(); }));
    CHECK(must(std::move(spawned).join()).code() == 4);
}

TEST_CASE("a Command returns its settings") {
    Command command("tool");
    command.arg("a").arg("b").env("X", "1").env_remove("Y").current_dir("/tmp");
    CHECK(command.program() == "tool");
    CHECK(std::ranges::equal(command.args(), std::array{"a", "b"}));
    CHECK(command.envs() == process::EnvChanges{{"X", "1"}, {"Y", std::nullopt}});
    CHECK(command.current_dir() == "/tmp");
    CHECK_FALSE(command.clears_env());
    CHECK_FALSE(command.in().has_value());
    CHECK(command.out(Stdio::null()).out()->kind() == Stdio::Kind::Null);
    CHECK(command.env_clear().clears_env());
    CHECK(command.envs().empty());
}

TEST_CASE("handles given to a child, owned or borrowed, do not leak") {
    const std::size_t before = test::open_descriptors();
    const test::TempDir dir;
    CHECK(must(child("both").out(must(fs::File::create(dir / "out"))).err(Stdio::null()).status()).success());
    CHECK(must(fs::read_to_string(dir / "out")) == "out");
    auto file = must(fs::File::create(dir / "both"));
    Command command = child("both");
    command.out(Stdio::borrowed(file.as_handle())).err(Stdio::borrowed(file.as_handle()));
    CHECK(must(command.status()).success());
    must(std::move(file).close());
    CHECK(must(fs::read_to_string(dir / "both")) == "outerr");
    CHECK(test::open_descriptors() == before);
}

TEST_CASE("a program writes to a pipe that the Command owns", "[rust:pipe_subprocess]") {
    weld::io::Pipe pipe = must(weld::io::pipe());
    CHECK(must(child("write", "1", "hello,\n").out(std::move(pipe.writer)).status()).success());
    std::string text;
    must(weld::read_to_string(pipe.reader, text));
    CHECK(text == "hello,\n");
}

TEST_CASE("one program feeds another", "[reproc:io]") {
    Command first = child("write", "1", "through two");
    first.out(Stdio::piped());
    process::Child writer = must(first.spawn());
    Command second = child("cat");
    CHECK(said_by(second.in(*std::move(writer.out))) == "through two");
    CHECK(must(writer.wait()).success());
}
