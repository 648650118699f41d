// SPDX-License-Identifier: MIT
//
// poll, ppoll: ready descriptors, timeouts, descriptors that are not open.
#include <support/interruptions.hpp>
#include <support/words.hpp>

#include <weld/sys/posix/poll.hpp>

#include <unistd.h>
#include <array>
#include <chrono>
#include <optional>
#include <span>

namespace sys = weld::sys;
using sys::Errno;
using sys::PollEvents;
using test::must;

namespace {

struct Pipe {
    Pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    std::array<int, 2> ends{};
};

}  // namespace

TEST_CASE("poll returns which descriptors are ready, with their events") {
    const Pipe pipe;
    std::array<sys::PollFd, 3> fds{{{.fd = pipe.ends[0], .wanted = PollEvents::In, .found = PollEvents::None},
                                    {.fd = pipe.ends[1], .wanted = PollEvents::Out, .found = PollEvents::None},
                                    {.fd = -1, .wanted = PollEvents::In, .found = PollEvents::In}}};
    CHECK(must(sys::poll(fds, 0)) == 1);
    CHECK(fds[0].found == PollEvents::None);
    CHECK(fds[1].found == PollEvents::Out);
    CHECK(fds[2].found == PollEvents::None);
    REQUIRE(::write(pipe.ends[1], "x", 1) == 1);
    CHECK(must(sys::poll(fds, -1)) == 2);
    CHECK(fds[0].found == PollEvents::In);
}

TEST_CASE("poll returns zero when the timeout expires") {
    const Pipe pipe;
    sys::PollFd reader{.fd = pipe.ends[0], .wanted = PollEvents::In, .found = PollEvents::None};
    CHECK(must(sys::poll(std::span(&reader, 1), 5)) == 0);
    CHECK(must(sys::poll({}, 0)) == 0);
}

TEST_CASE("poll reports hangups and closed descriptors unasked") {
    Pipe pipe;
    ::close(pipe.ends[1]);
    pipe.ends[1] = -1;
    std::array<sys::PollFd, 2> fds{{{.fd = pipe.ends[0], .wanted = PollEvents::None, .found = PollEvents::None},
                                    {.fd = 1 << 20, .wanted = PollEvents::In, .found = PollEvents::None}}};
    CHECK(must(sys::poll(fds, -1)) == 2);
    CHECK(fds[0].found == PollEvents::Hangup);
    CHECK(fds[1].found == PollEvents::Invalid);
}

TEST_CASE("an interrupted poll returns Intr") {
    const Pipe pipe;
    sys::PollFd reader{.fd = pipe.ends[0], .wanted = PollEvents::In, .found = PollEvents::None};
    std::optional<Errno> error;
    {
        const test::Interruptions interruptions;
        error = sys::poll(std::span(&reader, 1), 10'000).error();
    }
    CHECK(error == Errno::Intr);
}

TEST_CASE("ppoll returns the same events as poll") {
    const Pipe pipe;
    std::array<sys::PollFd, 2> fds{{{.fd = pipe.ends[0], .wanted = PollEvents::In, .found = PollEvents::None},
                                    {.fd = pipe.ends[1], .wanted = PollEvents::Out, .found = PollEvents::None}}};
    CHECK(must(sys::ppoll(fds, sys::Timespec{.seconds = 0, .nanoseconds = 0})) == 1);
    CHECK(fds[0].found == PollEvents::None);
    CHECK(fds[1].found == PollEvents::Out);
    REQUIRE(::write(pipe.ends[1], "x", 1) == 1);
    CHECK(must(sys::ppoll(fds, std::nullopt)) == 2);
    CHECK(fds[0].found == PollEvents::In);
}

TEST_CASE("ppoll can wait less than a millisecond, and never returns early") {
    const Pipe pipe;
    sys::PollFd reader{.fd = pipe.ends[0], .wanted = PollEvents::In, .found = PollEvents::None};
    for (const std::int64_t nanoseconds : {1'000, 200'000, 1'500'000}) {
        const auto start = std::chrono::steady_clock::now();
        CHECK(must(sys::ppoll(std::span(&reader, 1), sys::Timespec{.seconds = 0, .nanoseconds = nanoseconds})) == 0);
        CHECK(std::chrono::steady_clock::now() - start >= std::chrono::nanoseconds(nanoseconds));
    }
}

TEST_CASE("ppoll returns Inval for an invalid timeout") {
    CHECK(test::errno_of(sys::ppoll({}, sys::Timespec{.seconds = 0, .nanoseconds = 1'000'000'000})) == Errno::Inval);
    CHECK(test::errno_of(sys::ppoll({}, sys::Timespec{.seconds = -1, .nanoseconds = 0})) == Errno::Inval);
}

TEST_CASE("an interrupted ppoll returns Intr") {
    const Pipe pipe;
    sys::PollFd reader{.fd = pipe.ends[0], .wanted = PollEvents::In, .found = PollEvents::None};
    std::optional<Errno> error;
    {
        const test::Interruptions interruptions;
        error = sys::ppoll(std::span(&reader, 1), sys::Timespec{.seconds = 10, .nanoseconds = 0}).error();
    }
    CHECK(error == Errno::Intr);
}
