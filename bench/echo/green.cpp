// SPDX-License-Identifier: MIT
//
// green: the echo race with green::net, a task for each connection: weld_threads with another namespace.
//
// `--workers N` takes so many workers, one without it.

#include <green/net.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <weld/io.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "must.hpp"
#include "server.h"

namespace net = green::net;

static void serve(const net::TcpStream& stream) {
    std::array<std::byte, SERVER_BUFFER> buffer;
    while (const auto n = stream.read(buffer).value_or(0)) {
        if (!weld::write_all(stream, std::span(buffer).first(n))) {
            return;
        }
    }
}

static void serve_all() {
    const auto listener =
        must(net::TcpListener::bind({weld::net::Ipv4Addr::localhost(), 0}, {.backlog = SERVER_BACKLOG}));
    server_announce(must(listener.local_addr()).port());
    while (true) {
        auto stream = must(listener.accept()).stream;
        must(stream.set_nodelay(true));
        must(green::thread::spawn([stream = std::move(stream)] { serve(stream); }));
    }
}

static std::size_t workers(int argc, char** argv) {
    std::size_t number = 1;
    if (argc == 3 && std::string_view(argv[1]) == "--workers") {
        const std::string_view text = argv[2];
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc() && end == text.data() + text.size() && number > 0) {
            return number;
        }
    }
    if (argc != 1) {
        server_usage(argv[0], " [--workers N]");
    }
    return number;
}

int main(int argc, char** argv) {
    const auto number = workers(argc, argv);
    server_begin();
    server_end_by_signal();
    must(green::run({.workers = number}, serve_all));
}
