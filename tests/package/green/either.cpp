// SPDX-License-Identifier: MIT
//
// A program whose build chooses the kind of its threads: several senders write to one listener concurrently.
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

// [readme]
#ifdef ON_GREEN_THREADS
#include <green/net.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <green/weld.hpp>
namespace rt = green;  // a read that waits parks its task
#else
#include <weld/io.hpp>
#include <weld/net.hpp>
#include <weld/print.hpp>
#include <weld/run.hpp>
#include <weld/thread.hpp>
namespace rt = weld;  // a read that waits blocks its thread
#endif

rt::Result<std::size_t> count_bytes(const rt::net::TcpStream& stream) {
    std::array<std::byte, 512> buffer;
    std::size_t total = 0;
    for (;;) {
        const auto count = stream.read(buffer);
        if (!count || *count == 0) {
            return count ? total : count;
        }
        total += *count;
    }
}
// [/readme]

namespace {

constexpr std::size_t senders = 8;

rt::Result<void> send(const rt::net::SocketAddr& address, std::string_view words) {
    const auto stream = rt::net::TcpStream::connect(address);
    if (!stream) {
        return std::unexpected(stream.error());
    }
    if (const auto sent = rt::write_all(*stream, words); !sent) {
        return std::unexpected(sent.error());
    }
    return {};
}

rt::Result<std::size_t> receive(const rt::net::TcpListener& listener) {
    std::size_t total = 0;
    for (std::size_t sender = 0; sender < senders; ++sender) {
        const auto accepted = listener.accept();
        const auto count = accepted ? count_bytes(accepted->stream) : std::unexpected(accepted.error());
        if (!count) {
            return std::unexpected(count.error());
        }
        total += *count;
    }
    return total;
}

rt::Result<std::size_t> exchange() {
    const auto listener = rt::net::TcpListener::bind(rt::net::SocketAddr(rt::net::Ipv4Addr::localhost(), 0));
    const auto address = listener ? listener->local_addr() : std::unexpected(listener.error());
    if (!address) {
        return std::unexpected(address.error());
    }
    return rt::thread::scope([&](rt::thread::Scope& scope) -> rt::Result<std::size_t> {
        for (std::size_t sender = 0; sender < senders; ++sender) {
            if (auto sending = scope.spawn([&] { return send(*address, "a line of nineteen\n"); }); !sending) {
                return std::unexpected(sending.error());
            }
        }
        return receive(*listener);
    });
}

}  // namespace

int main() {
    const auto total = rt::run(exchange);
    return rt::print((total ? std::to_string(*total) : total.error().message()) + " bytes\n") ? 0 : 1;
}
