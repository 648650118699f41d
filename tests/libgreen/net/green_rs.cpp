// SPDX-License-Identifier: MIT
//
// The tests of TCP that green-rs has lost (L1, L3, L5, L8 to L10, L16); a tag has the name of each test there. Its
// tests of UDP, of Unix sockets and of requests to a loop are not here, since green has none of these yet. Its tests of
// files are in tests/conformance.
#include <support/green_io.hpp>
#include <support/net.hpp>

#include <green/model.hpp>
#include <green/net.hpp>
#include <green/pool.hpp>

#include <weld/io.hpp>

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

using green::net::TcpListener;
using green::net::TcpStream;
using test::loopback;
using test::loopback_ipv6;
using test::must;
using weld::net::SocketAddr;
namespace thread = green::thread;
using namespace std::chrono_literals;

namespace {

/// An address without a listener.
SocketAddr nobody(const SocketAddr& address) { return must(must(TcpListener::bind(address)).local_addr()); }

/// A task that connects to `address` and writes ten bytes.
thread::JoinHandle<bool> writes_ten(const SocketAddr& address) {
    return must(thread::spawn([address] {
        const auto stream = TcpStream::connect(address);
        std::array<std::byte, 10> ten;
        for (std::size_t i = 0; i < ten.size(); ++i) {
            ten[i] = static_cast<std::byte>(i);
        }
        return stream && weld::write_all(*stream, ten).has_value();
    }));
}

bool listens_and_gets_ten(const SocketAddr& address) {
    const auto listener = must(TcpListener::bind(address));
    auto writer = writes_ten(must(listener.local_addr()));
    const auto accepted = must(listener.accept());
    std::array<std::byte, 10> ten{};
    bool same = weld::read_exact(accepted.stream, ten).has_value();
    for (std::size_t i = 0; i < ten.size(); ++i) {
        same = same && ten[i] == static_cast<std::byte>(i);
    }
    return std::move(writer).join() && same;
}

}  // namespace

GREEN_TEST("connect over IPv4 returns ConnectionRefused without a listener", "[green_rs:net.connect_close_ip4]") {
    const auto refused = TcpStream::connect(nobody(loopback()));
    CHECK(test::kind_of(refused) == weld::Kind::ConnectionRefused);
}

GREEN_TEST("connect over IPv6 returns ConnectionRefused without a listener", "[green_rs:net.connect_close_ip6]") {
    if (test::has_ipv6()) {
        const auto refused = TcpStream::connect(nobody(loopback_ipv6()));
        CHECK(test::kind_of(refused) == weld::Kind::ConnectionRefused);
    }
}

GREEN_TEST("a listener receives ten bytes over IPv4", "[green_rs:net.listen_ip4]") {
    CHECK(listens_and_gets_ten(loopback()));
}

GREEN_TEST("a listener receives ten bytes over IPv6", "[green_rs:net.listen_ip6]") {
    CHECK((!test::has_ipv6() || listens_and_gets_ten(loopback_ipv6())));
}

GREEN_TEST("repeated reads return all bytes that the peer wrote, then zero", "[green_rs:net.test_read_read_read]") {
    constexpr std::size_t most = 5000;
    const auto listener = must(TcpListener::bind(loopback()));
    auto writer = must(thread::spawn([address = must(listener.local_addr())] {
        const auto stream = TcpStream::connect(address);
        const std::vector<std::byte> buffer(2000, std::byte{1});
        for (std::size_t sent = 0; stream && sent < most; sent += buffer.size()) {
            if (!weld::write_all(*stream, buffer)) {
                return false;
            }
        }
        return stream.has_value();
    }));
    const auto accepted = must(listener.accept());
    std::array<std::byte, 2048> buffer{};
    std::size_t received = 0;
    bool all_ones = true;
    while (const std::size_t count = must(accepted.stream.read(buffer))) {
        for (std::size_t i = 0; i < count; ++i) {
            all_ones = all_ones && buffer[i] == std::byte{1};
        }
        received += count;
    }
    CHECK(received >= most);
    CHECK(all_ones);
    CHECK(std::move(writer).join());
}

GREEN_TEST("a read waits for bytes that the peer writes later", "[green_rs:net.test_read_and_block]") {
    const auto listener = must(TcpListener::bind(loopback()));
    auto writer = must(thread::spawn([address = must(listener.local_addr())] {
        const auto stream = TcpStream::connect(address);
        const std::array<std::byte, 16> half{};
        std::array<std::byte, 1> answer{};
        // The second half follows an answer, so the reader has read the first by itself, and waits.
        return stream && weld::write_all(*stream, half) && weld::read_exact(*stream, answer) &&
               weld::write_all(*stream, half).has_value();
    }));
    const auto accepted = must(listener.accept());
    std::array<std::byte, 32> buffer{};
    std::size_t received = 0;
    int reads = 0;
    while (const std::size_t count = must(accepted.stream.read(std::span(buffer).subspan(received)))) {
        received += count;
        ++reads;
        if (received == 16) {
            must(accepted.stream.write(test::bytes("!")));
        }
        if (received == buffer.size()) {
            break;
        }
    }
    CHECK(received == 32);
    CHECK(reads > 1);
    CHECK(std::move(writer).join());
}

TEST_CASE("a server in one pool receives from a client in another",
          "[green_rs:net.test_simple_tcp_server_and_client_on_diff_threads]") {
    auto servers = must(green::Pool::start({.workers = 1}));
    auto clients = must(green::Pool::start({.workers = 1}));
    const SocketAddr address = must(green::run({.workers = 1}, [] { return nobody(loopback()); }));
    auto client = must(clients.spawn([address] {
        for (;;) {  // until the server is up
            if (auto stream = TcpStream::connect(address)) {
                return weld::write_all(*stream, test::bytes("hello")).has_value();
            }
            thread::yield_now();
        }
    }));
    auto server = must(servers.spawn([address] {
        const auto listener = TcpListener::bind(address, {.reuse_addr = true});
        const auto accepted = listener ? listener->accept() : std::unexpected(listener.error());
        std::array<std::byte, 5> hello{};
        return accepted && weld::read_exact(accepted->stream, hello) && test::text(hello) == "hello";
    }));
    CHECK(std::move(server).join());
    CHECK(std::move(client).join());
}

GREEN_TEST("a task that throws closes its listener and its stream",
           "[green_rs:net.tcp_listener_fail_cleanup][green_rs:net.tcp_stream_fail_cleanup]") {
    // A task that throws closes what it owns: the same port can be bound again, and the peer reads end of file.
    SocketAddr address = loopback();
    auto fails = must(thread::spawn([&] {
        const auto listener = must(TcpListener::bind(loopback()));
        address = must(listener.local_addr());
        throw std::runtime_error("fails");
    }));
    bool thrown = false;
    try {
        std::move(fails).join();
    } catch (const std::runtime_error&) {
        thrown = true;
    }
    CHECK(thrown);
    const auto listener = must(TcpListener::bind(address));
    auto stream_fails = must(thread::spawn([address] {
        const auto stream = must(TcpStream::connect(address));
        throw std::runtime_error("fails");
    }));
    const auto accepted = must(listener.accept());
    std::array<std::byte, 1> nothing{};
    CHECK(must(accepted.stream.read(nothing)) == 0);
    CHECK_THROWS_AS(std::move(stream_fails).join(), std::runtime_error);
}

TEST_CASE("shutdown waits for a task that sleeps when nothing else can run", "[green_rs:sched.test_io_callback]") {
    // No task is runnable; the pool can only wait for a timer.
    auto pool = must(green::Pool::start({.workers = 2}));
    auto sleeper = must(pool.spawn([] { return thread::sleep(20ms).has_value(); }));
    std::move(pool).shutdown();
    CHECK(sleeper.is_finished());
    CHECK(std::move(sleeper).join());
}
