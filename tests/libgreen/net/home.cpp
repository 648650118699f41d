// SPDX-License-Identifier: MIT
//
// The home of a socket is the worker whose loop watches it. It moves to the worker of a waiter; and a close that waits
// for the peer keeps no worker.
#include "../gate.hpp"

#include <support/green_io.hpp>
#include <support/net.hpp>

#include <green/model.hpp>
#include <green/net.hpp>
#include <green/os/unix.hpp>

#include <sys/socket.h>
#include <array>
#include <atomic>
#include <chrono>
#include <span>
#include <thread>
#include <utility>
#include <vector>

using green::net::TcpListener;
using green::net::TcpStream;
using test::bytes;
using test::loopback;
using test::must;
namespace thread = green::thread;
using namespace std::chrono_literals;
using Connection = test::ConnectionOf<green::Model>;

namespace {

constexpr auto long_time = 20s;  // no passing test takes that long

/// Waits for `stream` to be readable until a timeout, so that the worker of the calling task becomes its home.
bool settle_here(const TcpStream& stream) {
    std::byte byte;
    must(stream.set_read_timeout(1ms));
    const auto waited = stream.read(std::span(&byte, 1));
    must(stream.set_read_timeout(long_time));
    return !waited && waited.error().kind() == weld::Kind::TimedOut;
}

/// Fills the send buffer of `stream`.
void fill(const TcpStream& stream) {
    const std::vector<std::byte> junk(1 << 20);
    while (::send(green::os::fd(stream), junk.data(), junk.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
    }
}

/// Reads until end of file.
void drain(const TcpStream& stream) {
    std::vector<std::byte> sink(1 << 20);
    while (stream.read(sink).value_or(0) != 0) {
    }
}

/// A connection whose client end has a home, and whose close(2) waits for up to a minute until the peer has read all.
Connection make_lingering() {
    auto connection = Connection::make();
    const linger minute{.l_onoff = 1, .l_linger = 60};
    must(connection.client.set_write_timeout(1ms));
    if (::setsockopt(green::os::fd(connection.client), SOL_SOCKET, SO_LINGER, &minute, sizeof minute) != 0 ||
        !settle_here(connection.client)) {
        FAIL("SO_LINGER or the home of the socket could not be set");
    }
    fill(connection.client);
    return connection;
}

}  // namespace

GREEN_TEST("a read gets its byte while the pinned task that waited first for the socket blocks") {
    const auto connection = Connection::make();
    test::Gate gate;
    std::atomic<bool> blocks{false};
    auto home = must(thread::spawn(
        [&] {
            const bool settled = settle_here(connection.server);
            blocks = true;
            gate.wait();
            return settled;
        },
        {.pin = green::Pin::Own}));
    while (!blocks) {
        thread::yield_now();
    }
    auto reads = must(thread::spawn([&] {
        std::array<std::byte, 4> buffer;
        return connection.server.read(buffer).value_or(0);
    }));
    thread::yield_now();
    must(connection.client.write(bytes("byte")));
    CHECK(std::move(reads).join() == 4);
    gate.open();
    CHECK(std::move(home).join());
}

GREEN_TEST("a write and an accept complete while the pinned task that waited first for the socket blocks") {
    const auto [client, server] = Connection::make();
    const auto listener = must(TcpListener::bind(loopback()));
    const auto address = must(listener.local_addr());
    test::Gate gate;
    std::atomic<bool> blocks{false};
    auto home = must(thread::spawn(
        [&, &stream = client] {
            const bool settled = settle_here(stream);
            auto first = must(thread::spawn([&] { return listener.accept().has_value(); }, {.pin = green::Pin::Here}));
            thread::yield_now();  // it waits
            const bool connected = TcpStream::connect(address).has_value();
            const bool accepted = std::move(first).join();
            blocks = true;
            gate.wait();
            return settled && connected && accepted;
        },
        {.pin = green::Pin::Own}));
    while (!blocks) {
        thread::yield_now();
    }
    fill(client);
    must(client.set_write_timeout(long_time));
    auto writes = must(thread::spawn([&stream = client] { return stream.write(bytes("more")).value_or(0); }));
    auto accepts = must(thread::spawn([&] { return listener.accept().has_value(); }));
    thread::yield_now();
    auto drains = must(thread::spawn([&stream = server] { drain(stream); }));
    CHECK(std::move(writes).join() == 4);
    const auto connected = must(TcpStream::connect(address));
    CHECK(std::move(accepts).join());
    must(client.shutdown(green::net::Shutdown::Write));
    std::move(drains).join();
    gate.open();
    CHECK(std::move(home).join());
}

TEST_CASE("a read gets its byte while the host on whose worker the socket was first waited for is away") {
    auto pool = must(green::Pool::start_hosted());
    const auto connection = must(green::run({.workers = 1}, [] { return Connection::make(); }));
    auto settles = must(pool.spawn([&] { return settle_here(connection.server); }));
    while (!settles.is_finished()) {
        (void)pool.pump(1ms);
    }
    CHECK(std::move(settles).join());
    CHECK(must(green::run({.workers = 1}, [&] {
              auto writes = must(thread::spawn([&] { return connection.client.write(bytes("byte")).value_or(0); }));
              std::array<std::byte, 4> buffer;
              return connection.server.read(buffer).value_or(0) + std::move(writes).join();
          })) == 8);
}

GREEN_TEST("a stream that is waited for on three workers in turn loses no byte") {
    constexpr int rounds = 60;
    const auto [client, server] = Connection::make();
    std::atomic<int> turn{0};
    std::vector<thread::JoinHandle<bool>> readers;
    for (int self = 0; self < 3; ++self) {
        readers.push_back(must(thread::spawn(
            [&, &stream = server, self] {
                for (int round = self; round < rounds; round += 3) {
                    while (turn != round) {
                        thread::yield_now();
                    }
                    std::byte byte;
                    const bool right =
                        stream.read(std::span(&byte, 1)).value_or(0) == 1 && byte == static_cast<std::byte>(round);
                    ++turn;
                    if (!right) {
                        return false;
                    }
                }
                return true;
            },
            {.pin = self == 0 ? green::Pin::None : green::Pin::Own})));
    }
    for (int round = 0; round < rounds; ++round) {
        while (turn != round) {
            thread::yield_now();
        }
        for (int i = 0; i < round % 4; ++i) {
            thread::yield_now();  // so that the reader sometimes waits already
        }
        const auto byte = static_cast<std::byte>(round);
        must(client.write(std::span(&byte, 1)));
    }
    for (auto& reader : readers) {
        CHECK(std::move(reader).join());
    }
}

GREEN_TEST("a stream that has moved to another loop closes once the former loop has let it go") {
    auto connection = Connection::make();
    test::Gate gate;
    std::atomic<bool> blocks{false};
    auto home = must(thread::spawn(
        [&] {
            const bool settled = settle_here(connection.server);
            blocks = true;
            gate.wait();
            return settled;
        },
        {.pin = green::Pin::Own}));
    while (!blocks) {
        thread::yield_now();
    }
    CHECK(settle_here(connection.server));
    {
        const auto gone = std::move(connection.server);
    }
    gate.open();
    CHECK(std::move(home).join());
    std::byte byte;
    CHECK(connection.client.read(std::span(&byte, 1)) == 0);
}

// A close that kept the worker would take a minute: the peer that it waits for is a task of that worker.

TEST_CASE("a close with SO_LINGER stops its task, and no other task of its worker") {
    const auto begun = std::chrono::steady_clock::now();
    must(green::run({.workers = 1}, [] {
        auto connection = make_lingering();
        auto drains = must(thread::spawn([&] { drain(connection.server); }));
        must(std::move(connection.client).close());
        std::move(drains).join();
    }));
    CHECK(std::chrono::steady_clock::now() - begun < 50s);
}

TEST_CASE("a close with SO_LINGER stops no task when the stream is dropped by a native thread or on another worker") {
    for (const bool native : {false, true}) {
        const auto begun = std::chrono::steady_clock::now();
        must(green::run({.workers = 1}, [&] {
            auto connection = make_lingering();
            if (native) {
                std::thread([stream = std::move(connection.client)] {}).join();
            } else {
                must(thread::spawn([stream = std::move(connection.client)] {}, {.pin = green::Pin::Own})).join();
            }
            must(thread::sleep(1ms));  // the loop handles its posts
            drain(connection.server);
        }));
        CHECK(std::chrono::steady_clock::now() - begun < 50s);
    }
}
