// SPDX-License-Identifier: MIT
//
// The server that README.md shows, and a client that checks it.
#include <green/net.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <green/weld.hpp>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>

// [readme]
green::Error serve(const green::net::TcpListener& listener) {
    for (;;) {
        auto accepted = listener.accept();  // parks this task, not its native thread
        if (!accepted) {
            return accepted.error();
        }
        const auto started = green::thread::spawn([stream = std::move(accepted->stream)] {
            std::array<std::byte, 4096> buffer;
            while (const auto count = stream.read(buffer).value_or(0)) {
                if (!green::write_all(stream, std::span(buffer).first(count))) {
                    return;  // the peer has closed the connection
                }
            }
        });  // dropping the handle detaches the task, which closes its stream when it ends
        if (!started) {
            return started.error();
        }
    }
}
// [/readme]

int main() {
    const auto heard = green::run([]() -> green::Result<std::string> {
        const auto listener = green::net::TcpListener::bind({green::net::Ipv4Addr::localhost(), 0});
        const auto address = listener ? listener->local_addr() : std::unexpected(listener.error());
        if (!address) {
            return std::unexpected(address.error());
        }
        const auto server = green::thread::spawn([&] { return serve(*listener); });
        const auto stream = green::net::TcpStream::connect(*address);
        if (!server || !stream) {
            return std::unexpected(server ? stream.error() : server.error());
        }
        constexpr std::string_view words = "what was said";
        std::string answer(words.size(), '\0');
        const bool answered =
            green::write_all(*stream, words) && green::read_exact(*stream, std::as_writable_bytes(std::span(answer)));
        // The server runs until the process exits.
        std::_Exit(answered && answer == words ? 0 : 1);
    });
    return heard ? 2 : 3;
}
