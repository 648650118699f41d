// SPDX-License-Identifier: MIT
//
// os/unix/process: the descriptors of a child, by any numbers, and no others.
#include <support/child.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/os/unix.hpp>
#include <weld/os/unix/process.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace os = weld::os;
using test::child;
using test::kind_of;
using test::lines_of;
using test::must;
using test::said_by;
using weld::Kind;
using weld::process::Command;
using weld::process::Stdio;
using Lines = std::set<std::string>;

namespace {

/// A pipe with `text` in it and no writer.
weld::io::PipeReader filled(std::string_view text) {
    weld::io::Pipe pipe = must(weld::io::pipe());
    must(weld::write_all(pipe.writer, test::bytes(text)));
    return std::move(pipe.reader);
}

}  // namespace

TEST_CASE("map_fd of 0, 1 and 2 sets the standard streams", "[rust:fd_test_stdin]") {
    Command command = child("cat");
    os::map_fd(command, filled("hello"), 0);
    CHECK(said_by(command) == "hello");
}

TEST_CASE("map_fd swaps two descriptors", "[rust:fd_test_swap]") {
    weld::io::PipeReader first = filled("from the first");
    weld::io::PipeReader second = filled("from the second");
    const int first_number = os::fd(first);
    const int second_number = os::fd(second);
    Command command = child("read", std::to_string(first_number));
    os::map_fd(command, std::move(first), second_number);
    os::map_fd(command, std::move(second), first_number);
    CHECK(said_by(command) == "from the second");
}

TEST_CASE("a descriptor that a Command owns is closed with it", "[rust:fd_test_close_time]") {
    weld::io::PipeReader reader = filled("kept");
    const int number = os::fd(reader);
    {
        Command command = child("read", "123");
        os::map_fd(command, std::move(reader), 123);
        CHECK(::fcntl(number, F_GETFD) == FD_CLOEXEC);
        CHECK(said_by(command) == "kept");
        CHECK(::fcntl(number, F_GETFD) == FD_CLOEXEC);
    }
    CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("map_fd gives any numbers, in cycles, twice, and unchanged ones", "[promise:2.33]") {
    const test::TempDir dir;
    std::vector<weld::io::PipeReader> readers;
    std::vector<int> numbers;
    for (const auto* text : {"a", "b", "c", "d"}) {
        readers.push_back(filled(text));
        numbers.push_back(os::fd(readers.back()));
    }
    // A cycle of three, one that stays, and one that goes to two numbers.
    Command command("/bin/sh");
    std::string script;
    for (const int number : {numbers[0], numbers[1], numbers[2], numbers[3], 50}) {
        script += "cat <&" + std::to_string(number) + "; ";
    }
    command.arg("-c").arg(script);
    os::map_fd(command, numbers[0], numbers[1]);
    os::map_fd(command, numbers[1], numbers[2]);
    os::map_fd(command, numbers[2], numbers[0]);
    os::map_fd(command, numbers[3], numbers[3]);
    os::map_fd(command, numbers[3], 50);
    for (const int number : numbers) {
        if (number > 9) {
            WARN("the shell knows descriptors of one digit only: skipped");
            return;
        }
    }
    command.arg("-");
    const auto output = must(command.output());
    CHECK(output.out.starts_with("cabd"));
    // All are close-on-exec here, as before.
    for (const int number : numbers) {
        CHECK(::fcntl(number, F_GETFD) == FD_CLOEXEC);
    }
}

TEST_CASE("out and err of a child swap their files", "[promise:2.33][libuv:spawn_stdout_and_stderr_to_file_swap]") {
    const test::TempDir dir;
    const auto first = must(weld::fs::File::create(dir / "first"));
    const auto second = must(weld::fs::File::create(dir / "second"));
    const auto end = test::in_child([&] {
        // Where the one is 1 and the other 2, each is overwritten by the other.
        (void)::dup2(os::fd(first), 1);
        (void)::dup2(os::fd(second), 2);
        Command command = child("both");
        command.out(Stdio::borrowed(weld::sys::BorrowedHandle(2))).err(Stdio::borrowed(weld::sys::BorrowedHandle(1)));
        return must(command.status()).success() ? 0 : 1;
    });
    CHECK(end.exited_with(0));
    CHECK(must(weld::fs::read_to_string(dir / "first")) == "err");
    CHECK(must(weld::fs::read_to_string(dir / "second")) == "out");
}

TEST_CASE("a process without standard streams gives its child the requested ones", "[promise:2.33]") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        for (const int fd : {0, 1, 2}) {
            (void)::close(fd);
        }
        const auto output = child("both").output();  // its pipes are 0, 1 and 2
        Command command = child("both");
        command.in(Stdio::null()).out(must(weld::fs::File::create(dir / "out"))).err(Stdio::null());
        return output && output->out == "out" && output->err == "err" && must(command.status()).success() ? 0 : 1;
    });
    CHECK(end.exited_with(0));
    CHECK(must(weld::fs::read_to_string(dir / "out")) == "out");
}

TEST_CASE("a child writes to a descriptor beyond the standard ones", "[libuv:spawn_stdio_greater_than_3]") {
    weld::io::Pipe pipe = must(weld::io::pipe());
    Command command = child("write", "3", "fourth stdio!");
    os::map_fd(command, std::move(pipe.writer), 3);
    CHECK(must(command.status()).success());
    CHECK(test::hears(pipe.reader, "fourth stdio!"));
}

TEST_CASE("map_fd of an impossible number is an error") {
    Command negative = child("fds");
    os::map_fd(negative, 0, -1);
    CHECK(kind_of(negative.spawn()) == Kind::InvalidInput);
    Command closed = child("fds");
    os::map_fd(closed, 987, 5);
    CHECK(closed.spawn().error().message() == "map_fd: Bad file descriptor (EBADF)");
    Command high = child("fds");
    os::map_fd(high, 0, 1 << 30);
    CHECK(high.spawn().error().operation() == std::string_view("map_fd"));
    Command highest = child("fds");
    os::map_fd(highest, 0, std::numeric_limits<int>::max());
    os::map_fd(highest, filled("text"), 40);
    os::map_fd(highest, 40, 41);  // moves above all numbers, of which there are none
    CHECK(highest.spawn().error().operation() == std::string_view("map_fd"));
    Command twice = child("read", "40");
    os::map_fd(twice, filled("lost"), 40);
    os::map_fd(twice, filled("last"), 40);
    CHECK(said_by(twice) == "last");
}

TEST_CASE("close_other_fds closes what this process lets its children inherit", "[promise:2.33]") {
    const int leaked = ::open("/dev/null", O_RDONLY);  // NOLINT: inherited
    REQUIRE(leaked > 2);
    const std::string number = std::to_string(leaked);
    Command command = child("fds");
    CHECK(lines_of(said_by(command)).contains(number));
    os::map_fd(command, filled(""), 77);
    os::close_other_fds(command);
    CHECK(lines_of(said_by(command)) == Lines{"0", "1", "2", "77"});
    os::map_fd(command, leaked, leaked);
    CHECK(lines_of(said_by(command)) == Lines{"0", "1", "2", "77", number});
    ::close(leaked);
}
