// SPDX-License-Identifier: MIT
//
// green::net::TcpStream: many at once, native threads and other runtimes. Tests that hold for native streams too are in
// tests/conformance.
#include <support/green_io.hpp>
#include <support/net.hpp>

#include <green/model.hpp>
#include <green/net.hpp>
#include <green/os/unix.hpp>

#include <weld/io.hpp>
#include <weld/process.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <array>
#include <atomic>
#include <chrono>
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
using namespace std::chrono_literals;
using Connection = test::ConnectionOf<green::Model>;

static_assert(weld::Reader<TcpStream> && weld::Writer<TcpStream> && weld::Reader<const TcpStream>);

GREEN_TEST("a server echoes ten times on each of a thousand connections at once") {
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

TEST_CASE("a task that always finds bytes to read lets the other tasks of its worker run") {
    const bool woken = must(green::run({.workers = 1}, [] {
        const auto connection = Connection::make();
        must(connection.client.write(bytes("x")));
        std::atomic<bool> stop{false};
        auto sleeper = must(thread::spawn([&] { stop = thread::sleep(1ms).has_value(); }));
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!stop && std::chrono::steady_clock::now() < end) {
            std::byte one;
            REQUIRE(must(connection.server.peek(std::span(&one, 1))) == 1);  // peek leaves the byte there
        }
        std::move(sleeper).join();
        return std::chrono::steady_clock::now() < end;
    }));
    CHECK(woken);
}

TEST_CASE("a read returns bytes that came before its deadline, however late the worker looks") {
    const auto heard = must(green::run({.workers = 1}, [] {
        const auto connection = Connection::make();
        must(connection.server.set_read_timeout(1ms));
        std::array<std::byte, 8> buffer;
        must(connection.client.write(bytes("0")));
        (void)connection.server.read(buffer);  // a short read: the next one waits at once
        must(connection.client.write(bytes("1")));
        auto busy = must(thread::spawn([] {
            const auto end = std::chrono::steady_clock::now() + 20ms;
            while (std::chrono::steady_clock::now() < end) {
            }
        }));
        const auto count = connection.server.read(buffer);
        std::move(busy).join();
        return count;
    }));
    CHECK(heard == 1);
}

TEST_CASE("one call of pump reads from a ready socket") {
    auto pool = must(green::Pool::start_hosted());
    auto listener = must(weld::net::TcpListener::bind(loopback()));
    const auto client = must(weld::net::TcpStream::connect(must(listener.local_addr())));
    const auto stream = must(TcpStream::from_native(std::move(must(listener.accept()).stream)));
    std::array<std::byte, 4> buffer;
    auto reads = must(pool.spawn([&] { return stream.read(buffer).value_or(0); }));
    for (int i = 0; i < 8; ++i) {
        CHECK(pool.pump(0s));  // the task waits, and the loop watches the socket
    }
    REQUIRE_FALSE(reads.is_finished());
    must(client.write(bytes("byte")));
    CHECK(pool.pump(0s));
    REQUIRE(reads.is_finished());
    CHECK(std::move(reads).join() == 4);
}

TEST_CASE("no wait ends early because its worker is removed") {
    auto pool = test::pool_of(2);
    const test::Crowd crowd;
    constexpr auto timeout = 200ms;
    const auto in_time = [timeout](auto call) {
        const auto begun = std::chrono::steady_clock::now();
        const auto result = call();
        return !result && result.error().kind() == weld::Kind::TimedOut &&
               std::chrono::steady_clock::now() - begun >= timeout;
    };
    std::vector<thread::JoinHandle<bool>> waits;
    for (int i = 0; i < 4; ++i) {
        waits.push_back(must(
            pool.spawn([&] { return in_time([&] { return TcpStream::connect_timeout(crowd.address, timeout); }); })));
        waits.push_back(must(pool.spawn([&] {
            const auto [client, server] = Connection::make();
            must(server.set_read_timeout(timeout));
            std::array<std::byte, 4> buffer;
            return in_time([&] { return server.read(buffer); }) && in_time([&] { return server.peek(buffer); });
        })));
        waits.push_back(must(pool.spawn([&] {
            const auto [client, server] = Connection::make();
            must(client.set_write_timeout(timeout));
            const std::vector<std::byte> junk(1 << 20);
            return in_time([&] {
                auto begun = client.write(junk);
                while (begun) {
                    begun = client.write(junk);
                }
                return begun;
            });
        })));
        waits.push_back(must(pool.spawn([&] {
            const auto listener = must(TcpListener::bind(loopback()));
            auto connects = must(thread::spawn([&] {
                must(thread::sleep(timeout));
                return TcpStream::connect(must(listener.local_addr())).has_value();
            }));
            const bool accepted = listener.accept().has_value();
            return std::move(connects).join() && accepted;
        })));
    }
    while (pool.metrics().tasks != 0) {
        must(pool.set_workers(1));
        std::this_thread::sleep_for(1ms);  // about as long as the worker takes to end; if longer, it tests less
        must(pool.set_workers(2));
        std::this_thread::sleep_for(1ms);
    }
    for (auto& wait : waits) {
        CHECK(std::move(wait).join());
    }
}

TEST_CASE("streams can be used and dropped in one runtime while the runtime that watched them ends") {
    constexpr int rounds = 20;
    constexpr std::size_t streams = 64;
    for (int round = 0; round < rounds; ++round) {
        std::vector<std::optional<Connection>> connections(streams);
        std::atomic<bool> ready{false};
        std::thread other([&] {
            while (!ready) {
                std::this_thread::yield();
            }
            must(green::run({.workers = 1}, [&] {
                std::vector<thread::JoinHandle<void>> users;
                for (auto& connection : connections) {
                    users.push_back(must(thread::spawn([&] {
                        std::byte byte;
                        (void)connection->server.read(std::span(&byte, 1));
                        (void)connection->client.read(std::span(&byte, 1));
                        connection.reset();
                    })));
                }
                for (auto& user : users) {
                    std::move(user).join();
                }
            }));
        });
        must(green::run({.workers = 2}, [&] {
            for (auto& connection : connections) {
                connection.emplace(Connection::make());
                std::byte byte;
                must(connection->server.set_read_timeout(1us));
                must(connection->client.set_read_timeout(1us));
                (void)connection->server.read(std::span(&byte, 1));
                (void)connection->client.read(std::span(&byte, 1));
            }
            ready = true;
        }));
        other.join();
        for (const auto& connection : connections) {
            REQUIRE_FALSE(connection.has_value());
        }
    }
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

namespace {

bool is_nonblocking(const auto& object) { return (::fcntl(green::os::fd(object), F_GETFL) & O_NONBLOCK) != 0; }

/// The output of cat(1) with `input` as its standard input.
std::string heard_by_cat(weld::process::Stdio input) {
    using weld::process::Stdio;
    auto child =
        must(weld::process::Command("cat").in(std::move(input)).out(Stdio::piped()).err(Stdio::piped()).spawn());
    const auto output = must(std::move(child).wait_with_output());
    return output.out + output.err;
}

}  // namespace

GREEN_TEST("a stream that was waited for is blocking for a child process that borrows it") {
    const auto [client, server] = Connection::make();
    std::byte byte;
    for (const TcpStream* stream : {&client, &server}) {
        CHECK_FALSE(is_nonblocking(*stream));
        must(stream->set_read_timeout(1ms));
        CHECK(test::kind_of(stream->read(std::span(&byte, 1))) == weld::Kind::TimedOut);
        CHECK_FALSE(is_nonblocking(*stream));
    }
    auto cat = must(
        thread::spawn([&lent = server] { return heard_by_cat(weld::process::Stdio::borrowed(lent.as_handle())); }));
    thread::yield_now();
    must(write_all(client, bytes("hello")));
    must(client.shutdown(green::net::Shutdown::Write));
    CHECK(std::move(cat).join() == "hello");
}

GREEN_TEST("into_native of a stream works on the worker that watches it, on another, and before any wait") {
    std::byte byte;
    for (const bool waited : {false, true}) {
        for (const bool elsewhere : {false, true}) {
            auto connection = Connection::make();
            if (waited) {
                must(connection.server.set_read_timeout(1ms));
                CHECK(test::kind_of(connection.server.read(std::span(&byte, 1))) == weld::Kind::TimedOut);
            }
            std::optional<weld::net::TcpStream> native;
            const auto give_back = [&] { native.emplace(must(std::move(connection.server).into_native())); };
            if (elsewhere) {
                std::thread(give_back).join();
            } else {
                give_back();
            }
            CHECK_FALSE(is_nonblocking(*native));
            CHECK_FALSE(test::is_inherited(*native));
            must(write_all(connection.client, bytes("hello")));
            must(connection.client.shutdown(green::net::Shutdown::Write));
            CHECK(heard_by_cat(*std::move(native)) == "hello");
            native.reset();
            CHECK(connection.client.read(std::span(&byte, 1)) == 0);  // the other end is closed
        }
    }
}

GREEN_TEST("a non-blocking stream stays non-blocking until into_native") {
    const auto listener = must(weld::net::TcpListener::bind(loopback()));
    auto native = must(weld::net::TcpStream::connect(must(listener.local_addr())));
    must(native.set_nonblocking(true));
    auto stream = must(TcpStream::from_native(std::move(native)));
    must(stream.set_read_timeout(1ms));
    std::byte byte;
    CHECK(test::kind_of(stream.read(std::span(&byte, 1))) == weld::Kind::TimedOut);
    CHECK(is_nonblocking(stream));
    CHECK_FALSE(is_nonblocking(must(std::move(stream).into_native())));
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
