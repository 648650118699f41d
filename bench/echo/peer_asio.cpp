// SPDX-License-Identifier: MIT
//
// peer_asio: the echo race on Boost.Asio: a coroutine for each connection on one io_context for one thread.
//
// Begins and ends like the other servers. By design Asio tries a call before it waits, on every read.

#include <utility>  // first: Boost 1.74 uses std::exchange without it

#include <array>
#include <boost/asio.hpp>
#include <cstddef>

#include "server.h"

namespace asio = boost::asio;
using asio::ip::tcp;

static asio::awaitable<void> serve(tcp::socket socket) {
    std::array<std::byte, SERVER_BUFFER> data;
    try {
        while (true) {
            const auto n = co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
            co_await asio::async_write(socket, asio::buffer(data, n), asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {  // the peer has closed or reset the connection
    }
}

static asio::awaitable<void> serve_all(tcp::acceptor& acceptor) {
    while (true) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

static asio::awaitable<void> end_with_input(asio::posix::stream_descriptor& input) {
    std::array<char, 256> ignored;
    try {
        while (true) {
            co_await input.async_read_some(asio::buffer(ignored), asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        _exit(0);
    }
}

int main(int argc, char** argv) {
    if (argc != 1) {
        server_usage(argv[0], "");
    }
    server_begin();
    asio::io_context context(1);
    asio::posix::stream_descriptor input(context, STDIN_FILENO);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    acceptor.listen(SERVER_BACKLOG);
    server_announce(acceptor.local_endpoint().port());
    asio::co_spawn(context, end_with_input(input), asio::detached);
    asio::co_spawn(context, serve_all(acceptor), asio::detached);
    context.run();
}
