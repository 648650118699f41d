// SPDX-License-Identifier: MIT
//
// Signals: none interrupts a network call, and writing to a peer that is gone raises none.
#include <support/interruptions.hpp>
#include <support/net.hpp>
#include <support/words.hpp>

#include <weld/io.hpp>
#include <weld/net.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace net = weld::net;
using namespace std::chrono_literals;
using net::SocketAddr;
using net::TcpListener;
using net::TcpStream;
using test::bytes;
using test::Connection;
using test::loopback;
using test::must;
using test::spawn_undisturbed;
using test::text;
using weld::Kind;

namespace {

/// Whether `body` gets an error value from the dead peer, in a process that SIGPIPE would end.
template <class Body>
bool survives(Body body) {
    const auto end = test::in_child([&] {
        ::signal(SIGPIPE, SIG_DFL);
        sigset_t blocked;
        if (!body() || ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked) != 0) {
            return 1;
        }
        struct sigaction action{};
        ::sigaction(SIGPIPE, nullptr, &action);
        sigset_t pending;
        ::sigpending(&pending);
        return action.sa_handler == SIG_DFL && ::sigismember(&blocked, SIGPIPE) == 0 &&
                       ::sigismember(&pending, SIGPIPE) == 0
                   ? 0
                   : 2;
    });
    return end.exited_with(0);
}

/// Writes with `write` until that fails; returns whether the error was the expected one.
template <class Write>
bool breaks(Write write) {
    for (int tries = 0; tries < 1000; ++tries) {
        if (const auto done = write(); !done) {
            const Kind kind = done.error().kind();
            return kind == Kind::BrokenPipe || kind == Kind::ConnectionReset;
        }
        weld::thread::sleep(1ms);
    }
    return false;
}

}  // namespace

TEST_CASE("writing to a peer that is gone raises no SIGPIPE", "[promise:2.21]") {
    CHECK(survives([] {
        auto [client, server] = Connection::make();
        (void)std::move(server).close();
        return breaks([&] { return client.write(bytes("x")); }) && breaks([&] { return client.write(bytes("x")); });
    }));
    CHECK(survives([] {
        auto [client, server] = Connection::make();
        test::reset(std::move(server));
        return breaks([&] { return weld::write_all(client, bytes("x")); });
    }));
    CHECK(survives([] {
        const auto [client, server] = Connection::make();
        return client.shutdown(net::Shutdown::Write) && breaks([&] { return client.write(bytes("x")); });
    }));
    CHECK(survives([] {
        const auto [client, server] = Connection::make();
        client.shutdown(net::Shutdown::Write);
        (void)client.set_write_timeout(1s);
        const test::Interruptions interruptions;
        return breaks([&] { return client.write(bytes("x")); });
    }));
}

TEST_CASE("signals never interrupt an accept, a read or a write, and no byte is lost or duplicated", "[promise:2.18]") {
    constexpr int connections = 20;
    const auto listener = must(TcpListener::bind(loopback()));
    std::string sent;
    for (int number = 0; sent.size() < 500'000; ++number) {
        sent += std::to_string(number) + ",";
    }
    // Slow, so that the other end waits: for connections, for bytes, for room in the send buffer.
    auto peer = spawn_undisturbed([&, to = must(listener.local_addr())] {
        std::vector<std::byte> buffer(64 * 1024);
        int echoed = 0;
        for (int number = 0; number < connections; ++number) {
            weld::thread::sleep(3ms);
            const auto stream = TcpStream::connect(to);
            if (!stream || !weld::write_all(*stream, bytes(sent).first(sent.size() / 2))) {
                break;
            }
            weld::thread::sleep(3ms);
            if (!weld::write_all(*stream, bytes(sent).subspan(sent.size() / 2))) {
                break;
            }
            weld::thread::sleep(3ms);
            std::string back;
            while (const std::size_t count = stream->read(buffer).value_or(0)) {
                back += text(buffer, count);
            }
            echoed += back == sent ? 1 : 0;
        }
        return echoed;
    });
    int good = 0;
    int counted = 0;
    {
        const test::Interruptions interruptions;
        std::vector<std::byte> buffer(sent.size());
        for (int number = 0; number < connections; ++number) {
            const auto accepted = listener.accept();
            good += accepted && weld::read_exact(accepted->stream, buffer) && text(buffer) == sent &&
                            weld::write_all(accepted->stream, buffer)
                        ? 1
                        : 0;
        }
        counted = test::signals;
    }
    CHECK(good == connections);
    CHECK(std::move(peer).join() == connections);
    CHECK(counted > 20);
}

TEST_CASE("signals never interrupt a connect, which connects once", "[promise:2.19]") {
    const test::Crowd crowd;
    std::atomic<bool> connecting{false};
    // Room comes late: the system retries then, a second after the first try.
    auto acceptor = spawn_undisturbed([&] {
        (void)test::eventually([&] { return connecting.load(); });
        weld::thread::sleep(50ms);
        std::vector<SocketAddr> peers;
        for (std::size_t number = 0; number <= crowd.waiting.size(); ++number) {
            if (const auto accepted = crowd.listener.accept()) {
                peers.push_back(accepted->peer);
            }
        }
        return peers;
    });
    std::optional<weld::Result<TcpStream>> stream;
    int counted = 0;
    {
        const test::Interruptions interruptions;
        connecting = true;
        stream = TcpStream::connect(crowd.address);
        counted = test::signals;
    }
    const auto peers = std::move(acceptor).join();
    REQUIRE(stream->has_value());
    CHECK(must((*stream)->peer_addr()) == crowd.address);
    CHECK(std::ranges::count(peers, must((*stream)->local_addr())) == 1);
    CHECK(peers.size() == crowd.waiting.size() + 1);
    CHECK(counted > 20);
}

TEST_CASE("signals neither interrupt nor prolong connect_timeout", "[promise:2.19]") {
    const test::Crowd crowd;
    std::optional<weld::Result<TcpStream>> stream;
    const auto start = std::chrono::steady_clock::now();
    {
        const test::Interruptions interruptions;
        stream = TcpStream::connect_timeout(crowd.address, 200ms);
    }
    const auto waited = std::chrono::steady_clock::now() - start;
    CHECK(test::kind_of(*stream) == Kind::TimedOut);
    CHECK(waited >= 200ms);
    CHECK(waited < 5s);
}
