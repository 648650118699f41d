// SPDX-License-Identifier: MIT
//
// green::net: connections between tasks, who waits for what, and what goes wrong.
#include <support/green_io.hpp>
#include <support/net.hpp>

#include <green/net.hpp>

#include <weld/io.hpp>

#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::net::TcpListener;
using green::net::TcpStream;
using test::bytes;
using test::kind_of;
using test::loopback;
using test::must;
using test::text;
using weld::Kind;
using weld::read_exact;
using weld::write_all;
namespace thread = green::thread;

static_assert(weld::Reader<TcpStream> && weld::Writer<TcpStream> && weld::Reader<const TcpStream>);

namespace {

/// Both ends of a connection.
struct Connection {
    TcpListener listener = must(TcpListener::bind(loopback()));
    TcpStream client = must(TcpStream::connect(must(listener.local_addr())));
    TcpStream server = must(listener.accept()).stream;
};

}  // namespace

GREEN_TEST("a read returns what the peer wrote, then zero") {
    auto listener = must(TcpListener::bind(loopback()));
    auto client = must(thread::spawn([address = must(listener.local_addr())] {
        auto stream = must(TcpStream::connect(address));
        return write_all(stream, bytes("ping")).has_value();
    }));  // the client's stream closes with its task

    auto [stream, peer] = must(listener.accept());
    std::array<std::byte, 16> buffer{};
    CHECK(text(buffer, must(stream.read(buffer))) == "ping");
    CHECK(must(stream.read(buffer)) == 0);
    CHECK(std::move(client).join());
}

GREEN_TEST("a read that comes before the bytes parks, and others run") {
    const Connection connection;
    auto writer = must(thread::spawn([&] {
        bool all = true;
        for (int round = 0; round < 100; ++round) {
            thread::yield_now();
            all = all && write_all(connection.client, bytes("0123456789")).has_value();
            std::array<std::byte, 10> echoed;
            all = all && read_exact(connection.client, echoed).has_value();
        }
        return all;
    }));
    for (int round = 0; round < 100; ++round) {
        std::array<std::byte, 64> buffer;
        REQUIRE(must(connection.server.read(buffer)) == 10);
        CHECK(write_all(connection.server, std::span(buffer).first(10)));
    }
    CHECK(std::move(writer).join());
}

GREEN_TEST("more than the system buffers goes through, both ways at once") {
    const Connection connection;
    constexpr std::size_t size = 8 * 1024 * 1024;
    const auto send = [](const TcpStream& stream, std::byte fill) {
        const std::vector<std::byte> block(size, fill);
        return write_all(stream, block).has_value() && stream.shutdown(weld::net::Shutdown::Write).has_value();
    };
    const auto receive = [](const TcpStream& stream, std::byte fill) {
        std::vector<std::byte> buffer(64 * 1024);
        std::size_t total = 0;
        for (;;) {
            const auto count = stream.read(buffer);
            if (!count || *count == 0) {
                return count ? total : 0;
            }
            for (std::size_t i = 0; i < *count; ++i) {
                if (buffer[i] != fill) {
                    return std::size_t{0};
                }
            }
            total += *count;
        }
    };
    auto to_server = must(thread::spawn([&] { return send(connection.client, std::byte{1}); }));
    auto to_client = must(thread::spawn([&] { return send(connection.server, std::byte{2}); }));
    auto at_server = must(thread::spawn([&] { return receive(connection.server, std::byte{1}); }));
    CHECK(receive(connection.client, std::byte{2}) == size);
    CHECK(std::move(at_server).join() == size);
    CHECK(std::move(to_server).join());
    CHECK(std::move(to_client).join());
}

GREEN_TEST("a read that runs out of time says so, and the stream goes on") {
    const Connection connection;
    must(connection.server.set_read_timeout(5ms));
    std::array<std::byte, 4> buffer;
    CHECK(kind_of(connection.server.read(buffer)) == Kind::TimedOut);
    CHECK(kind_of(connection.server.read(buffer)) == Kind::TimedOut);
    must(connection.client.write(bytes("late")));
    CHECK(text(buffer, must(connection.server.read(buffer))) == "late");
    CHECK(kind_of(connection.server.set_read_timeout(0ms)) == Kind::InvalidInput);
}

GREEN_TEST("a write that runs out of room and of time says so") {
    const Connection connection;
    must(connection.client.set_write_timeout(5ms));
    const std::vector<std::byte> block(1024 * 1024);
    std::optional<weld::Error> error;
    for (int tries = 0; tries < 1000 && !error; ++tries) {
        const auto count = connection.client.write(block);
        if (!count) {
            error = count.error();
        }
    }
    REQUIRE(error);
    CHECK(error->kind() == Kind::TimedOut);
}

GREEN_TEST("a thousand connections at once, each echoed ten times") {
    constexpr int connections = test::under_sanitizer ? 100 : 400;
    const auto listener = must(TcpListener::bind(loopback()));
    const auto address = must(listener.local_addr());
    auto server = must(thread::spawn([&] {
        std::vector<thread::JoinHandle<bool>> handlers;
        for (int i = 0; i < connections; ++i) {
            auto accepted = listener.accept();
            if (!accepted) {
                return false;
            }
            handlers.push_back(must(thread::spawn([stream = std::move(accepted->stream)] {
                std::array<std::byte, 256> buffer;
                for (;;) {
                    const auto count = stream.read(buffer);
                    if (!count || *count == 0) {
                        return count.has_value();
                    }
                    if (!write_all(stream, std::span(buffer).first(*count))) {
                        return false;
                    }
                }
            })));
        }
        bool all = true;
        for (auto& handler : handlers) {
            all = std::move(handler).join() && all;
        }
        return all;
    }));
    std::vector<thread::JoinHandle<int>> clients;
    for (int i = 0; i < connections; ++i) {
        clients.push_back(must(thread::spawn([&, i] {
            const auto stream = TcpStream::connect(address);
            if (!stream) {
                return -1;
            }
            int right = 0;
            for (int round = 0; round < 10; ++round) {
                const std::string said = "client " + std::to_string(i) + " round " + std::to_string(round);
                std::string heard(said.size(), '\0');
                if (write_all(*stream, bytes(said)) && read_exact(*stream, std::as_writable_bytes(std::span(heard))) &&
                    said == heard) {
                    ++right;
                }
            }
            return right;
        })));
    }
    int right = 0;
    for (auto& client : clients) {
        right += std::move(client).join();
    }
    CHECK(right == connections * 10);
    CHECK(std::move(server).join());
}

GREEN_TEST("nobody listens: the connection is refused") {
    std::optional<weld::net::SocketAddr> address;
    {
        const auto listener = must(TcpListener::bind(loopback()));
        address = must(listener.local_addr());
    }
    CHECK(test::eventually([&] {
        thread::yield_now();
        const auto stream = TcpStream::connect(*address);
        return !stream && stream.error().kind() == Kind::ConnectionRefused;
    }));
}

GREEN_TEST("a stream that is dropped from a native thread closes") {
    Connection connection;
    std::array<std::byte, 4> buffer;
    must(connection.client.write(bytes("last")));
    CHECK(must(connection.server.read(buffer)) == 4);
    auto reader = must(thread::spawn([&] { return connection.client.read(buffer).value_or(1); }));
    std::thread native([stream = std::move(connection.server)] {});
    native.join();
    CHECK(std::move(reader).join() == 0);
}

GREEN_TEST("a reset wakes who reads, and is an error for who writes") {
    Connection connection;
    auto reader = must(thread::spawn([&] {
        std::array<std::byte, 4> buffer;
        const auto count = connection.client.read(buffer);
        return count ? Kind::Other : count.error().kind();
    }));
    thread::yield_now();
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    REQUIRE(::setsockopt(connection.server.as_handle().raw(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    must(std::move(connection.server).close());
    CHECK(std::move(reader).join() == Kind::ConnectionReset);
    CHECK(kind_of(connection.client.write(bytes("x"))) == Kind::BrokenPipe);
}

GREEN_TEST("shutdown wakes a reader on the same stream") {
    const Connection connection;
    auto reader = must(thread::spawn([&] {
        std::array<std::byte, 4> buffer;
        return connection.client.read(buffer).value_or(99);
    }));
    thread::yield_now();
    must(connection.client.shutdown(weld::net::Shutdown::Read));
    CHECK(std::move(reader).join() == 0);
}

GREEN_TEST("several tasks accept, and each connection goes to one") {
    constexpr int connections = 30;
    const auto listener = must(TcpListener::bind(loopback()));
    const auto address = must(listener.local_addr());
    std::vector<thread::JoinHandle<int>> acceptors;
    std::atomic<int> accepted{0};
    for (int i = 0; i < 3; ++i) {
        acceptors.push_back(must(thread::spawn([&] {
            int own = 0;
            while (accepted.fetch_add(1) < connections) {
                if (listener.accept()) {
                    ++own;
                }
            }
            return own;
        })));
    }
    std::vector<TcpStream> clients;
    for (int i = 0; i < connections; ++i) {
        clients.push_back(must(TcpStream::connect(address)));
    }
    int total = 0;
    for (auto& acceptor : acceptors) {
        total += std::move(acceptor).join();
    }
    CHECK(total == connections);
}

TEST_CASE("a stream outlives its runtime, and works in another") {
    std::optional<Connection> connection;
    must(green::run({.workers = 1}, [&] {
        connection.emplace();
        auto writer = must(thread::spawn([&] {
            thread::yield_now();
            return connection->client.write(bytes("one")).has_value();
        }));
        std::array<std::byte, 8> buffer;
        const bool read = connection->server.read(buffer).value_or(0) == 3;
        return std::move(writer).join() && read;
    }));
    const bool again = must(green::run({.workers = 2}, [&] {
        auto writer = must(thread::spawn([&] {
            thread::yield_now();
            return connection->client.write(bytes("two!")).has_value();
        }));
        std::array<std::byte, 8> buffer;
        const bool read = connection->server.read(buffer).value_or(0) == 4;
        return std::move(writer).join() && read;
    }));
    CHECK(again);
    const std::size_t before = test::open_descriptors();
    connection.reset();
    CHECK(test::open_descriptors() == before - 3);
}
