// SPDX-License-Identifier: MIT
//
// Stdin, Stdout, Stderr, StdoutRaw: where bytes go, in which order, and what closed streams do.
#include <support/interruptions.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/lines.hpp>
#include <weld/io/stdio.hpp>
#include <weld/print.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace io = weld::io;
namespace fs = weld::fs;
using test::bytes;
using test::must;
using weld::Kind;

static_assert(weld::Reader<io::Stdin> && weld::Writer<io::Stdout> && weld::Writer<io::Stderr>);
static_assert(weld::Writer<io::StdoutRaw> && weld::Writer<io::StdoutLock>);

namespace {

bool redirect(int fd, const std::string& path, int flags) {
    const int opened = ::open(path.c_str(), flags | O_CREAT | O_CLOEXEC, 0600);
    return opened >= 0 && ::dup2(opened, fd) == fd;
}

}  // namespace

TEST_CASE("Stdout is in order with printf and print, and StdoutRaw comes before buffered text") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        if (!redirect(STDOUT_FILENO, dir / "out", O_WRONLY)) {
            return 1;
        }
        const bool good = weld::write_all(io::Stdout(), bytes("one ")) && std::printf("two ") == 4 &&
                          weld::print("three ") && io::StdoutRaw().write(bytes("raw ")).value_or(0) == 4 &&
                          io::Stdout().flush() && io::Stdout().write({}).value_or(1) == 0;
        io::StdoutLock lock = io::Stdout().lock();
        return good && weld::write_all(lock, bytes("four")) && lock.flush() ? 0 : 2;
    });
    CHECK(end.exited_with(0));
    CHECK(must(fs::read_to_string(dir / "out")) == "raw one two three four");
}

TEST_CASE("Stderr writes at once") {
    const auto end = test::in_child([] { return weld::write_all(io::Stderr(), bytes("so it is")) ? 0 : 1; });
    CHECK(end.exited_with(0));
    CHECK(end.said == "so it is");
}

TEST_CASE("a BufReader reads Stdin by lines") {
    const test::TempDir dir;
    must(fs::write(dir / "in", "one\ntwo"));
    const auto end = test::in_child([&] {
        if (!redirect(STDIN_FILENO, dir / "in", O_RDONLY)) {
            return 1;
        }
        io::BufReader reader{io::Stdin()};
        std::string all;
        for (const auto& line : io::lines(reader)) {
            all.append(must(line)).append("|");
        }
        return all == "one|two|" ? 0 : 2;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("closed standard streams read as the end, and accept everything", "[promise:2.23]") {
    const auto end = test::in_child([] {
        for (const int fd : {0, 1, 2}) {
            ::close(fd);
        }
        std::array<std::byte, 4> buffer;
        const std::string much(1'000'000, 'x');
        const bool good = io::Stdin().read(buffer).value_or(1) == 0 &&
                          io::StdoutRaw().write(bytes("text")).value_or(0) == 4 &&
                          io::Stdout().write(bytes(much)).value_or(0) == much.size() && io::Stdout().flush() &&
                          io::Stderr().write(bytes("text")).value_or(0) == 4;
        return good ? 0 : 1;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("a full device is an error as soon as it is known") {
    const auto end = test::in_child([] {
        if (!redirect(STDOUT_FILENO, "/dev/full", O_WRONLY) || !redirect(STDERR_FILENO, "/dev/full", O_WRONLY)) {
            return 1;
        }
        const auto raw = io::StdoutRaw().write(bytes("x"));
        const auto error = io::Stderr().write(bytes("x"));
        const auto kept = io::Stdout().write(bytes("x"));
        const auto flushed = io::Stdout().flush();
        return !raw && raw.error() == Kind::StorageFull && !error && error.error() == Kind::StorageFull && kept &&
                       !flushed && flushed.error() == Kind::StorageFull
                   ? 0
                   : 2;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("StdoutRaw without a reader raises no SIGPIPE", "[promise:2.21]") {
    const auto end = test::in_child([] {
        std::array<int, 2> ends;
        if (::pipe2(ends.data(), O_CLOEXEC) != 0 || ::dup2(ends[1], STDOUT_FILENO) != STDOUT_FILENO) {
            return 1;
        }
        ::close(ends[0]);
        const auto written = io::StdoutRaw().write(bytes("x"));
        return !written && written.error() == Kind::BrokenPipe ? 0 : 2;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("Stdout and Stderr without a reader raise no SIGPIPE, and keep one that was pending") {
    const auto end = test::in_child([] {
        std::array<int, 2> ends;
        if (::pipe2(ends.data(), O_CLOEXEC) != 0 || ::dup2(ends[1], STDOUT_FILENO) != STDOUT_FILENO ||
            ::dup2(ends[1], STDERR_FILENO) != STDERR_FILENO) {
            return 1;
        }
        ::close(ends[0]);
        const std::string much(100'000, 'x');
        const auto error = io::Stderr().write(bytes("x"));
        const auto large = io::Stdout().write(bytes(much));
        const auto locked = weld::write_all(io::Stdout().lock(), bytes(much));
        if (error || error.error() != Kind::BrokenPipe || large || locked ||
            locked.error().kind() != Kind::BrokenPipe) {
            return 2;
        }
        sigset_t pipe;
        sigset_t pending;
        ::sigemptyset(&pipe);
        ::sigaddset(&pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        ::raise(SIGPIPE);
        const bool failed = !io::Stderr().write(bytes("x"));
        return failed && ::sigpending(&pending) == 0 && ::sigismember(&pending, SIGPIPE) == 1 ? 0 : 3;
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("a signal each millisecond loses and duplicates no byte of Stdout") {
    std::string all;
    for (int i = 0; all.size() < 400'000; ++i) {
        all.append(std::to_string(i)).append("\n");
    }
    std::array<int, 2> ends;
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    std::string seen;
    auto reader = test::spawn_undisturbed([&] {
        std::array<char, 1000> buffer;
        for (ssize_t count = 0; (count = TEMP_FAILURE_RETRY(::read(ends[0], buffer.data(), buffer.size()))) > 0;) {
            seen.append(buffer.data(), static_cast<std::size_t>(count));
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    });
    const auto end = test::in_child([&] {
        if (::dup2(ends[1], STDOUT_FILENO) != STDOUT_FILENO) {
            return 1;
        }
        const test::Interruptions interruptions;
        const std::string_view text = all;
        const std::size_t half = text.size() / 2;
        for (std::size_t at = 0; at < half; at += 777) {
            must(weld::write_all(io::Stdout(), bytes(text.substr(at, std::min<std::size_t>(777, half - at)))));
        }
        must(io::Stdout().flush());
        must(weld::write_all(io::Stdout().lock(), bytes(text.substr(half, half / 2))));
        must(weld::write_all(io::Stdout(), bytes(text.substr(half + half / 2))));
        must(io::Stdout().flush());
        // TSan delays the delivery of signals.
        return test::signals > 10 || test::under_thread_sanitizer ? 0 : 2;
    });
    ::close(ends[1]);
    std::move(reader).join();
    ::close(ends[0]);
    CHECK(end.exited_with(0));
    CHECK(seen.size() == all.size());
    CHECK(seen == all);
}

TEST_CASE("a full pipe without reads does not delay the signal that ends the process") {
    const auto end = test::in_child([] {
        std::array<int, 2> ends;
        if (::pipe2(ends.data(), O_CLOEXEC) != 0 || ::dup2(ends[1], STDOUT_FILENO) != STDOUT_FILENO) {
            return 1;
        }
        ::signal(SIGALRM, SIG_DFL);
        ::alarm(1);
        const std::string much(1'000'000, 'x');
        (void)io::Stdout().write(bytes(much));
        return 2;
    });
    CHECK(end.died_of(SIGALRM));
}

TEST_CASE("is_terminal is true of a terminal alone") {
    const test::TempDir dir;
    CHECK_FALSE(io::is_terminal(must(fs::File::create(dir / "file"))));
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) {
        WARN("no terminal can be made here: skipped");
        return;
    }
    std::array<char, 64> name;
    REQUIRE(::ptsname_r(master, name.data(), name.size()) == 0);
    CHECK(io::is_terminal(must(fs::File::open(name.data()))));
    ::close(master);
}

TEST_CASE("fill_standard_handles opens closed standard streams, before a file gets their numbers", "[promise:2.23]") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        ::close(0);
        ::close(2);
        must(io::fill_standard_handles());
        must(io::fill_standard_handles());
        const fs::File file = must(fs::File::create(dir / "file"));
        std::array<std::byte, 4> buffer;
        return file.as_handle().raw() > 2 && io::Stdin().read(buffer).value_or(1) == 0 &&
                       io::Stderr().write(bytes("lost")).value_or(0) == 4 && must(file.metadata()).len() == 0
                   ? 0
                   : 1;
    });
    CHECK(end.exited_with(0));
}
