// SPDX-License-Identifier: MIT
//
// An echo server on green threads. Its clients, a task and a native thread, are in the same process; it ends once both
// were served.
#include <green/net.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <green/weld.hpp>

#include <weld/net.hpp>
#include <weld/thread.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace {

void give_back(const green::net::TcpStream& stream) {
    std::array<std::byte, 512> buffer;
    while (const std::size_t count = stream.read(buffer).value_or(0)) {
        if (!weld::write_all(stream, std::span(buffer).first(count))) {
            return;
        }
    }
}

/// Sends `words` to the server at `address`, and returns the answer.
template <class Stream>
std::string ask(const weld::net::SocketAddr& address, std::string_view words) {
    std::string answer(words.size(), '\0');
    const auto stream = Stream::connect(address);
    if (!stream || !weld::write_all(*stream, words) ||
        !weld::read_exact(*stream, std::as_writable_bytes(std::span(answer)))) {
        return "nothing";
    }
    return answer;
}

}  // namespace

int main() {
    using weld::net::SocketAddr;
    std::optional<weld::thread::JoinHandle<std::string>> native;
    const auto heard = green::run([&]() -> weld::Result<std::string> {
        const auto listener = green::net::TcpListener::bind(SocketAddr(weld::net::Ipv4Addr::localhost(), 0));
        const auto address = listener ? listener->local_addr() : std::unexpected(listener.error());
        if (!address) {
            return std::unexpected(address.error());
        }
        auto thread = weld::thread::spawn([address] { return ask<weld::net::TcpStream>(*address, "a thread"); });
        auto task = green::thread::spawn([address] { return ask<green::net::TcpStream>(*address, "a task"); });
        if (!thread || !task) {
            return std::unexpected(thread ? task.error() : thread.error());
        }
        native = *std::move(thread);
        for (int client = 0; client < 2; ++client) {
            auto accepted = listener->accept();
            if (!accepted) {
                return std::unexpected(accepted.error());
            }
            if (auto served = green::thread::spawn([peer = std::move(accepted->stream)] { give_back(peer); });
                !served) {
                return std::unexpected(served.error());
            }
        }
        return std::move(*task).join();
    });
    const std::string line = (heard ? *heard : heard.error().message()) + ", ";
    return weld::print(line + (native ? std::move(*native).join() : "no thread") + "\n") ? 0 : 1;
}
