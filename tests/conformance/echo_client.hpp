// SPDX-License-Identifier: MIT
//
// EchoClient: a library that leaves the choice of threads to its user.
#pragma once

#include <weld/error.hpp>
#include <weld/io.hpp>
#include <weld/net/socket_addr.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// A client of an echo server.
template <class Model>
class EchoClient {
public:
    [[nodiscard]] static weld::Result<EchoClient> connect(const weld::net::SocketAddr& address) {
        auto stream = Model::TcpStream::connect_timeout(address, std::chrono::seconds(10));
        if (!stream) {
            return std::unexpected(stream.error());
        }
        return EchoClient(*std::move(stream));
    }

    /// The server's answer to `text`. One thread writes while another reads.
    [[nodiscard]] weld::Result<std::string> say(std::string_view text) const {
        std::string heard(text.size(), '\0');
        return Model::scope([&](typename Model::Scope& scope) -> weld::Result<std::string> {
            auto writer = scope.spawn([&] { return weld::write_all(stream_, text); });
            if (!writer) {
                return std::unexpected(writer.error());
            }
            if (const auto done = weld::read_exact(stream_, std::as_writable_bytes(std::span(heard))); !done) {
                return std::unexpected(done.error());
            }
            if (const auto done = std::move(*writer).join(); !done) {
                return std::unexpected(done.error());
            }
            return std::move(heard);
        });
    }

private:
    explicit EchoClient(typename Model::TcpStream stream) : stream_(std::move(stream)) {}

    typename Model::TcpStream stream_;
};

/// Echoes to the next connection of `listener` until its end; returns the number of bytes.
template <class Model>
[[nodiscard]] weld::Result<std::size_t> echo_once(const typename Model::TcpListener& listener) {
    auto accepted = listener.accept();
    if (!accepted) {
        return std::unexpected(accepted.error());
    }
    std::size_t total = 0;
    std::byte buffer[512];
    for (;;) {
        const auto count = accepted->stream.read(buffer);
        if (!count || *count == 0) {
            return count ? weld::Result<std::size_t>(total) : count;
        }
        if (const auto done = weld::write_all(accepted->stream, std::span(buffer).first(*count)); !done) {
            return std::unexpected(done.error());
        }
        total += *count;
    }
}
