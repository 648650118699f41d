// SPDX-License-Identifier: MIT
//
// weld_threads: the echo race with weld::net, a thread of the operating system for each connection.

#include <weld/io.hpp>
#include <weld/net.hpp>
#include <weld/thread.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "must.hpp"
#include "server.h"

namespace net = weld::net;

static void serve(const net::TcpStream& stream) {
    std::array<std::byte, SERVER_BUFFER> buffer;
    while (const auto n = stream.read(buffer).value_or(0)) {
        if (!weld::write_all(stream, std::span(buffer).first(n))) {
            return;
        }
    }
}

static void serve_all(const net::TcpListener& listener) {
    while (true) {
        auto stream = must(listener.accept()).stream;
        must(stream.set_nodelay(true));
        must(weld::thread::spawn([stream = std::move(stream)] { serve(stream); },
                                 {.name = "connection", .stack_size = 64 * 1024}));
    }
}

int main(int argc, char** argv) {
    if (argc != 1) {
        server_usage(argv[0], "");
    }
    server_begin();
    auto listener = must(net::TcpListener::bind({net::Ipv4Addr::localhost(), 0}, {.backlog = SERVER_BACKLOG}));
    server_announce(must(listener.local_addr()).port());
    must(weld::thread::spawn([listener = std::move(listener)] { serve_all(listener); }));
    server_end_with_input();
}
