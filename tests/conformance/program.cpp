// SPDX-License-Identifier: MIT
//
// program: a whole program that chooses its kind of thread with one line. The build compiles it as it is, and again
// with `green` in that line alone.
#include <green/fs.hpp>
#include <green/net.hpp>
#include <green/os/unix.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <green/weld.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/net.hpp>
#include <weld/os/unix.hpp>
#include <weld/print.hpp>
#include <weld/run.hpp>
#include <weld/thread.hpp>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rt = weld;

namespace {

constexpr std::size_t clients = 8;

/// Reads the connections of `listener` to their ends, one after another; returns the number of bytes.
rt::Result<std::size_t> serve(const rt::net::TcpListener& listener) {
    std::size_t total = 0;
    for (std::size_t served = 0; served < clients; ++served) {
        auto accepted = listener.accept();
        if (!accepted) {
            return std::unexpected(accepted.error());
        }
        std::byte buffer[64];
        for (std::size_t count = 1; count != 0;) {
            const rt::Result<std::size_t> read = accepted->stream.read(buffer);
            if (!read) {
                return std::unexpected(read.error());
            }
            count = *read;
            total += count;
        }
    }
    return total;
}

rt::Result<void> send(const rt::net::SocketAddr& address, std::string_view name) {
    auto stream = rt::net::TcpStream::connect(address);
    if (!stream) {
        return std::unexpected(stream.error());
    }
    if (rt::os::fd(*stream) < 0) {
        return std::unexpected(rt::Error("send", rt::Fault::InvalidData));
    }
    if (const auto done = rt::write_all(*stream, name); !done) {
        return std::unexpected(done.error());
    }
    return std::move(*stream).close();
}

rt::Result<std::size_t> entries_of(rt::PathRef path) {
    auto entries = rt::fs::read_dir(path);
    if (!entries) {
        return std::unexpected(entries.error());
    }
    std::size_t count = 0;
    for (const auto& entry : *entries) {
        count += entry ? 1U : 0U;
    }
    return count;
}

rt::Result<int> body() {
    const auto listener = rt::net::TcpListener::bind(rt::net::SocketAddr(rt::net::Ipv4Addr::localhost(), 0));
    if (!listener) {
        return std::unexpected(listener.error());
    }
    const auto address = *listener->local_addr();
    std::vector<std::string> names;
    std::size_t expected = 0;
    for (std::size_t client = 0; client < clients; ++client) {
        names.push_back("client " + std::to_string(client));
        expected += names.back().size();
    }
    const rt::time::Instant deadline = rt::time::deadline_after(std::chrono::milliseconds(1));
    const auto served = rt::thread::scope([&](rt::thread::Scope& scope) -> rt::Result<std::size_t> {
        auto server = scope.spawn([&] { return serve(*listener); }, {.name = "server"});
        if (!server) {
            return std::unexpected(server.error());
        }
        for (const std::string& name : names) {
            if (const auto client = scope.spawn([&] { return send(address, name).has_value(); }); !client) {
                return std::unexpected(client.error());
            }
        }
        return std::move(*server).join();
    });
    if (const auto slept = rt::thread::sleep_until(deadline); !slept) {
        return std::unexpected(slept.error());
    }
    const auto missing = rt::fs::metadata("/no/such/file");
    const auto here = entries_of("/");
    const bool good = served == expected && !missing && missing.error() == rt::Kind::NotFound && here.value_or(0) > 0 &&
                      rt::thread::current().name() == "main" && rt::thread::available_parallelism() > 0;
    if (const auto said = rt::print(good ? "as it should be\n" : "not as it should be\n"); !said) {
        return std::unexpected(said.error());
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main() {
    const auto status = rt::run(body);
    if (!status) {
        rt::eprint(status.error().message());
    }
    return status.value_or(EXIT_FAILURE);
}
