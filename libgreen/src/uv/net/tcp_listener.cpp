// SPDX-License-Identifier: MIT
#include <green/net/tcp_listener.hpp>

#include "../../scheduler.hpp"
#include "../pollable.hpp"

#include <green/thread.hpp>

#include <chrono>
#include <new>
#include <utility>

namespace green::net {

using weld::Answer;
using weld::Error;
using weld::Result;

namespace {

/// How long a listener rests when there is no file descriptor for a connection.
constexpr std::chrono::milliseconds rest{10};

std::unexpected<Error> failed(Error error) noexcept {
    if (error.kind() == weld::Kind::TooManyOpenFiles && Scheduler::current() != nullptr) {
        (void)thread::sleep(rest);
    }
    return std::unexpected(error);
}

}  // namespace

class TcpListener::Port final : public Source<weld::net::TcpListener> {
public:
    using Source::Source;

    Unwaited calls;
};

TcpListener::TcpListener(Port* port) noexcept : port_(port) {}
TcpListener::TcpListener(TcpListener&&) noexcept = default;
TcpListener& TcpListener::operator=(TcpListener&&) noexcept = default;
TcpListener::~TcpListener() = default;

void TcpListener::End::operator()(Port* port) const noexcept { port->retire(); }

Result<TcpListener> TcpListener::bind(const SocketAddr& address, const ListenOptions& options) noexcept {
    auto listener = weld::net::TcpListener::bind(address, options);
    if (!listener) {
        return std::unexpected(listener.error());
    }
    return from_native(*std::move(listener));
}

Result<TcpListener> TcpListener::from_native(weld::net::TcpListener listener) noexcept {
    if (const auto done = listener.set_nonblocking(true); !done) {
        return std::unexpected(done.error());
    }
    auto* port = new (std::nothrow) Port(std::move(listener));
    if (port == nullptr) {
        return std::unexpected(Error("from_native", weld::Fault::OutOfMemory));
    }
    return TcpListener(port);
}

Result<weld::net::TcpListener> TcpListener::into_native() && noexcept {
    auto handle = port_->give_back();
    if (!handle) {
        return std::unexpected(Error("into_native", handle.error()));
    }
    (void)port_.release();
    auto native = weld::net::TcpListener::from_handle(*std::move(handle));
    if (const auto done = native.set_nonblocking(false); !done) {
        return std::unexpected(done.error());
    }
    return native;
}

Result<Accepted> TcpListener::accept() const noexcept {
    for (bool first = true;; first = false) {
        auto accepted = port_->object.accept();
        if (accepted) {
            port_->calls.count(first);
            auto stream = TcpStream::from_native(std::move(accepted->stream));
            if (!stream) {
                return std::unexpected(stream.error());
            }
            return Accepted{.stream = *std::move(stream), .peer = accepted->peer};
        }
        if (accepted.error().kind() != weld::Kind::WouldBlock) {
            return failed(accepted.error());
        }
        if (const auto ready = port_->wait(Pollable::Direction::Read, Instant::max(), "accept"); !ready) {
            return failed(ready.error());
        }
    }
}

Result<void> TcpListener::close() && noexcept {
    port_.reset();
    return {};
}

Result<SocketAddr> TcpListener::local_addr() const noexcept { return port_->object.local_addr(); }
Answer<std::optional<Error>> TcpListener::take_error() const noexcept { return port_->object.take_error(); }
weld::sys::BorrowedHandle TcpListener::as_handle() const noexcept { return port_->object.as_handle(); }

}  // namespace green::net
