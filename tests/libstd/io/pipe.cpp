// SPDX-License-Identifier: MIT
//
// pipe: bytes, the end of the stream, and no SIGPIPE.
#include <support/interruptions.hpp>
#include <support/words.hpp>

#include <weld/io.hpp>
#include <weld/io/pipe.hpp>
#include <weld/thread.hpp>

#include <fcntl.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace io = weld::io;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Kind;

static_assert(weld::Reader<io::PipeReader> && weld::Writer<io::PipeWriter>);

TEST_CASE("a PipeReader reads what was written, until no writer is left") {
    io::Pipe pipe = must(io::pipe());
    must(weld::write_all(pipe.writer, bytes("hello")));
    std::array<std::byte, 2> front;
    std::array<std::byte, 8> back;
    const std::array<weld::sys::IoSliceMut, 2> targets{std::span(front), std::span(back)};
    CHECK(must(pipe.reader.read_vectored(targets)) == 5);
    CHECK(text(front) == "he");
    CHECK(text(back, 3) == "llo");
    const io::PipeWriter other = must(pipe.writer.try_clone());
    must(std::move(pipe.writer).close());
    const std::array<weld::sys::IoSlice, 2> sources{bytes("a"), bytes("bc")};
    CHECK(must(other.write_vectored(sources)) == 3);
    CHECK(text(back, must(pipe.reader.read(back))) == "abc");
    {
        const io::PipeWriter last = io::PipeWriter::from_handle(must(other.try_clone()).into_handle());
    }
    CHECK(::fcntl(other.as_handle().raw(), F_GETFD) == FD_CLOEXEC);
    CHECK(::fcntl(pipe.reader.as_handle().raw(), F_GETFD) == FD_CLOEXEC);
    CHECK(must(pipe.reader.try_clone()).as_handle().raw() > 2);
}

TEST_CASE("reading ends when the last writer is gone, also while it waits") {
    io::Pipe pipe = must(io::pipe());
    auto writer = must(weld::thread::spawn([end = std::move(pipe.writer)]() mutable {
        must(weld::write_all(end, bytes("x")));
        must(std::move(end).close());
    }));
    std::array<std::byte, 8> buffer;
    CHECK(must(pipe.reader.read(buffer)) == 1);
    CHECK(must(pipe.reader.read(buffer)) == 0);
    std::move(writer).join();
}

TEST_CASE("a megabyte goes through a pipe whole, despite signals", "[promise:2.18]") {
    const test::Interruptions interruptions;
    io::Pipe pipe = must(io::pipe());
    std::string sent;
    for (int i = 0; sent.size() < 1'000'000; ++i) {
        sent += std::to_string(i);
    }
    auto writer = test::spawn_undisturbed(
        [&sent, end = std::move(pipe.writer)] { return weld::write_all(end, bytes(sent)).has_value(); });
    std::string received;
    std::vector<std::byte> buffer(1000);
    while (const std::size_t count = must(pipe.reader.read(buffer))) {
        received += text(buffer, count);
    }
    CHECK(std::move(writer).join());
    CHECK(received == sent);
}

TEST_CASE("writing without a reader is BrokenPipe, and SIGPIPE is neither raised, left pending nor lost",
          "[promise:2.21]") {
    for (const bool has_pending : {false, true}) {
        const auto end = test::in_child([&] {
            ::signal(SIGPIPE, SIG_DFL);
            if (has_pending) {
                sigset_t set;
                ::sigemptyset(&set);
                ::sigaddset(&set, SIGPIPE);
                ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
                (void)::raise(SIGPIPE);
            }
            io::Pipe pipe = must(io::pipe());
            must(std::move(pipe.reader).close());
            const weld::sys::IoSlice slice(bytes("x"));
            if (kind_of(pipe.writer.write(bytes("x"))) != Kind::BrokenPipe ||
                kind_of(pipe.writer.write_vectored({&slice, 1})) != Kind::BrokenPipe) {
                return 1;
            }
            sigset_t blocked;
            sigset_t pending;
            ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
            ::sigpending(&pending);
            struct sigaction action{};
            ::sigaction(SIGPIPE, nullptr, &action);
            const int expected = has_pending ? 1 : 0;
            return action.sa_handler == SIG_DFL && ::sigismember(&blocked, SIGPIPE) == expected &&
                           ::sigismember(&pending, SIGPIPE) == expected
                       ? 0
                       : 2;
        });
        CHECK(end.exited_with(0));
    }
}

TEST_CASE("pipe without free file descriptors is an error, and leaks none") {
    const auto end = test::in_child([] {
        const std::size_t before = test::open_descriptors();
        const rlimit few{.rlim_cur = before, .rlim_max = before};
        (void)::setrlimit(RLIMIT_NOFILE, &few);
        std::vector<io::Pipe> pipes;
        for (;;) {
            auto pipe = io::pipe();
            if (!pipe) {
                return pipe.error() == Kind::TooManyOpenFiles ? 0 : 1;
            }
            pipes.push_back(*std::move(pipe));
        }
    });
    CHECK(end.exited_with(0));
}

TEST_CASE("read_until returns available bytes, or TimedOut, and does not wait at the end of a pipe") {
    using namespace std::chrono_literals;
    io::Pipe pipe = must(io::pipe());
    std::array<std::byte, 8> buffer;
    CHECK(kind_of(pipe.reader.read_for(buffer, 1ms)) == Kind::TimedOut);
    CHECK(kind_of(pipe.reader.read_until(buffer, weld::time::Instant())) == Kind::TimedOut);
    must(weld::write_all(pipe.writer, bytes("abc")));
    CHECK(text(buffer, must(pipe.reader.read_until(buffer, weld::time::Instant()))) == "abc");
    auto writer = must(weld::thread::spawn([end = std::move(pipe.writer)]() mutable {
        must(weld::write_all(end, bytes("x")));
        must(std::move(end).close());
    }));
    CHECK(must(pipe.reader.read_for(buffer, 1h)) == 1);
    CHECK(must(pipe.reader.read_until(buffer, weld::time::Instant::max())) == 0);
    std::move(writer).join();
}

TEST_CASE("read_until into an empty span returns zero without waiting") {
    const io::Pipe pipe = must(io::pipe());
    CHECK(must(pipe.reader.read_until({}, weld::time::Instant::max())) == 0);
    CHECK(must(pipe.reader.read_until({}, weld::time::Instant())) == 0);
    must(weld::write_all(pipe.writer, bytes("abc")));
    CHECK(must(pipe.reader.read_until({}, weld::time::Instant::max())) == 0);
    std::array<std::byte, 8> buffer;
    CHECK(text(buffer, must(pipe.reader.read_until(buffer, weld::time::Instant::max()))) == "abc");
}

TEST_CASE("read_until of a PipeReader that was moved from is an error, and does not wait") {
    io::Pipe pipe = must(io::pipe());
    const io::PipeReader owner = std::move(pipe.reader);
    std::array<std::byte, 8> buffer;
    const auto read = pipe.reader.read_until(buffer, weld::time::Instant::max());
    REQUIRE(!read);
    CHECK(read.error().code() == EBADF);
}
