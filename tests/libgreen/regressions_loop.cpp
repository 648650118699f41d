// SPDX-License-Identifier: MIT
//
// How often an event loop polls the kernel; among the tests is the bug of green-rs's event loop, 2 of the table in
// regressions.cpp.
//
// The calls are counted by functions that interpose the C library's; under a sanitizer, which has its own, they are
// not.
#include <support/net.hpp>

#include <green/model.hpp>
#include <green/net.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using test::kind_of;
using test::must;
namespace thread = green::thread;
using Connection = test::ConnectionOf<green::Model>;

namespace {

std::atomic<int> looks{0};

}  // namespace

#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

extern "C" int epoll_pwait(int epoll, epoll_event* events, int room, int timeout, const sigset_t* signals) {
    ++looks;
    return static_cast<int>(::syscall(SYS_epoll_pwait, epoll, events, room, timeout, signals, std::size_t{8}));
}

extern "C" int epoll_wait(int epoll, epoll_event* events, int room, int timeout) {
    return ::epoll_pwait(epoll, events, room, timeout, nullptr);
}

#endif

namespace {

/// Whether an idle loop does not spin after a peer has reset a connection on which `waits` waited, in a turn in which
/// libuv itself reads the event, since another watch begins.
template <class Waits>
bool rests_after_reset(Waits waits) {
    return must(green::run({.workers = 1}, [&] {
        auto broken = Connection::make();
        const auto other = Connection::make();
        auto users = waits(broken.client);
        thread::yield_now();  // they wait
        test::reset(std::move(broken.server));
        auto reads = must(thread::spawn([&] {
            std::byte byte;
            return other.client.read(std::span(&byte, 1)).value_or(1);
        }));
        bool failed = true;
        for (auto& user : users) {
            failed = std::move(user).join() && failed;
        }
        const int before = looks;
        must(thread::sleep(20ms));
        const int during = looks - before;
        must(other.server.shutdown(green::net::Shutdown::Both));
        return std::move(reads).join() == 0 && failed && during <= 20;
    }));
}

bool fails_to_read(const green::net::TcpStream& stream) {
    std::byte byte;
    return kind_of(stream.read(std::span(&byte, 1))) == weld::Kind::ConnectionReset;
}

bool fails_to_write(const green::net::TcpStream& stream) {
    const std::vector<std::byte> junk(1 << 20);
    for (;;) {
        if (const auto written = stream.write(junk); !written) {
            return true;  // ConnectionReset, or BrokenPipe if a reader got the error before
        }
    }
}

}  // namespace

TEST_CASE("the event loop does not spin after a socket error was reported to a waiter") {
    using green::net::TcpStream;
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer");
        return;
    }
    CHECK(rests_after_reset([](const TcpStream& stream) {
        return std::array{must(thread::spawn([&] { return fails_to_read(stream); }))};
    }));
    CHECK(rests_after_reset([](const TcpStream& stream) {
        return std::array{must(thread::spawn([&] { return fails_to_write(stream); }))};
    }));
    CHECK(rests_after_reset([](const TcpStream& stream) {
        return std::array{must(thread::spawn([&] {
                              std::array<std::byte, 1> buffer;
                              return !stream.read(buffer);
                          })),
                          must(thread::spawn([&] { return fails_to_write(stream); }))};
    }));
}

TEST_CASE("a worker does not poll its event loop after each task", "[seed:4A.2]") {
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer");
        return;
    }
    constexpr int tasks = 100'000;
    int before = 0;
    const int after = must(green::run({.workers = 1}, [&] {
        const auto connection = Connection::make();
        must(connection.server.set_read_timeout(1us));
        std::byte byte;
        (void)connection.server.read(std::span(&byte, 1));  // from now on there is a loop
        before = looks;
        for (int i = 0; i < tasks; ++i) {
            must(thread::spawn([] {})).join();
        }
        return looks.load();
    }));
    // Once for 64 switches; a task that is joined makes two.
    CHECK(after > before);
    CHECK(after - before <= tasks / 16);
}
