// SPDX-License-Identifier: MIT
//
// Greeter: a library for either kind of thread: a server that reads a name and answers with a greeting.
#pragma once

#include <weld/error.hpp>
#include <weld/io.hpp>
#include <weld/net.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

template <class Model>
class Greeter {
public:
    static weld::Result<Greeter> open() {
        auto listener = Model::TcpListener::bind({weld::net::Ipv4Addr::localhost(), 0});
        if (!listener) {
            return std::unexpected(listener.error());
        }
        return Greeter(*std::move(listener));
    }

    weld::Result<weld::net::SocketAddr> address() const { return listener_.local_addr(); }

    /// Serves one client.
    weld::Result<void> serve() const {
        const auto accepted = listener_.accept();
        if (!accepted) {
            return std::unexpected(accepted.error());
        }
        auto name = hear(accepted->stream);
        return name ? say(accepted->stream, "hello, " + *name) : std::unexpected(name.error());
    }

    /// The greeting of the greeter at `address` for `name`.
    static weld::Result<std::string> visit(const weld::net::SocketAddr& address, std::string_view name) {
        const auto stream = Model::TcpStream::connect(address);
        const auto said = stream ? say(*stream, name) : std::unexpected(stream.error());
        return said ? hear(*stream) : std::unexpected(said.error());
    }

private:
    using Stream = typename Model::TcpStream;

    explicit Greeter(typename Model::TcpListener listener) : listener_(std::move(listener)) {}

    static weld::Result<void> say(const Stream& stream, std::string_view words) {
        if (const auto written = weld::write_all(stream, words); !written) {
            return std::unexpected(written.error());
        }
        return stream.shutdown(weld::net::Shutdown::Write);
    }

    static weld::Result<std::string> hear(const Stream& stream) {
        std::string words;
        std::array<char, 64> buffer;
        for (;;) {
            const auto count = stream.read(std::as_writable_bytes(std::span(buffer)));
            if (!count) {
                return std::unexpected(count.error());
            }
            if (*count == 0) {
                return words;
            }
            words.append(buffer.data(), *count);
        }
    }

    typename Model::TcpListener listener_;
};
