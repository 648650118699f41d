// SPDX-License-Identifier: MIT
//
// green::net::TcpStream: many at once, native threads and other runtimes. What streams have in common with native ones
// is in tests/conformance.
#include <support/green_io.hpp>
#include <support/net.hpp>

#include <green/model.hpp>
#include <green/net.hpp>

#include <weld/io.hpp>

#include <array>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using green::net::TcpListener;
using green::net::TcpStream;
using test::bytes;
using test::loopback;
using test::must;
using weld::read_exact;
using weld::write_all;
namespace thread = green::thread;
using Connection = test::ConnectionOf<green::Model>;

static_assert(weld::Reader<TcpStream> && weld::Writer<TcpStream> && weld::Reader<const TcpStream>);

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

GREEN_TEST("a stream that is dropped from a native thread closes") {
    auto connection = Connection::make();
    std::array<std::byte, 4> buffer;
    must(connection.client.write(bytes("last")));
    CHECK(must(connection.server.read(buffer)) == 4);
    auto reader = must(thread::spawn([&] { return connection.client.read(buffer).value_or(1); }));
    std::thread native([stream = std::move(connection.server)] {});
    native.join();
    CHECK(std::move(reader).join() == 0);
}

TEST_CASE("a stream outlives its runtime, and works in another") {
    std::optional<Connection> connection;
    must(green::run({.workers = 1}, [&] {
        connection.emplace(Connection::make());
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
    CHECK(test::open_descriptors() == before - 2);
}
