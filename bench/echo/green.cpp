// SPDX-License-Identifier: MIT
//
// green: the echo race with green::net, a task for each connection: weld_threads with another namespace.
//
// `--workers N` sets the number of workers (1). With `--stall`, see server.h; `--blocking` wraps the blocking call
// there in green::blocking, `--unwatched` runs without a monitor.

#include <green/blocking.hpp>
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

namespace {

struct Options {
    std::size_t workers = 1;
    bool stall = false;
    bool blocking = false;
    bool watched = true;
};

void stall(bool blocking) { blocking ? green::blocking(server_stall) : server_stall(); }

void serve(const net::TcpStream& stream, const Options& options) {
    std::array<std::byte, SERVER_BUFFER> buffer;
    while (const auto n = stream.read(buffer).value_or(0)) {
        if (options.stall && server_stalls_now()) {
            stall(options.blocking);
        }
        if (!weld::write_all(stream, std::span(buffer).first(n))) {
            return;
        }
    }
}

void serve_all(const Options& options) {
    const auto listener =
        must(net::TcpListener::bind({weld::net::Ipv4Addr::localhost(), 0}, {.backlog = SERVER_BACKLOG}));
    server_announce(must(listener.local_addr()).port());
    while (true) {
        auto stream = must(listener.accept()).stream;
        must(stream.set_nodelay(true));
        must(green::thread::spawn([stream = std::move(stream), &options] { serve(stream, options); }));
    }
}

Options parse(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
        if (name == "--stall") {
            options.stall = true;
        } else if (name == "--blocking") {
            options.blocking = true;
        } else if (name == "--unwatched") {
            options.watched = false;
        } else if (std::size_t number = 0;
                   name == "--workers" &&
                   std::from_chars(value.data(), value.data() + value.size(), number).ptr == value.end() &&
                   number > 0) {
            options.workers = number;
            ++i;
        } else {
            server_usage(argv[0], " [--workers N] [--stall [--blocking]] [--unwatched]");
        }
    }
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = parse(argc, argv);
    server_begin();
    server_end_by_signal();
    green::Runtime runtime{.workers = options.workers};
    if (!options.watched) {
        runtime.spare_carriers = 0;
    }
    must(green::run(runtime, [&options] { serve_all(options); }));
}
