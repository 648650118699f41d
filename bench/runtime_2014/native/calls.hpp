// SPDX-License-Identifier: MIT
//
// calls: the system calls of the native half: retried after EINTR, and described when they fail.
//
// The text of a failure is allocated where it happens, whether or not anybody reads it.

#pragma once

#include <poll.h>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <string>

#include "runtime_2014/rtio_net.hpp"

namespace runtime_2014::native {

using namespace rtio;

auto retry(auto&& call) {
    for (;;) {
        const auto result = call();
        if (result != -1 || errno != EINTR) {
            return result;
        }
    }
}

inline std::unexpected<IoError> error_of(int code) {
    return std::unexpected(
        IoError{.code = static_cast<std::size_t>(code), .extra = 0, .detail = std::string(std::strerror(code))});
}

inline std::unexpected<IoError> last_error() { return error_of(errno); }

inline std::unexpected<IoError> unimplemented() {
    return std::unexpected(IoError{.code = ENOSYS, .extra = 0, .detail = "unimplemented I/O interface"});
}

inline IoResult<void> done(int result) {
    if (result == -1) {
        return last_error();
    }
    return {};
}

inline IoResult<std::size_t> counted(std::ptrdiff_t result) {
    if (result < 0) {
        return last_error();
    }
    return static_cast<std::size_t>(result);
}

/// Milliseconds of a monotonic clock.
std::uint64_t now();

/// The deadline of `timeout`; zero for never.
inline std::uint64_t to_deadline(Deadline timeout) { return timeout ? now() + *timeout : 0; }

/// Waits until `fd` has one of `events`; fails when the clock is past `deadline`.
IoResult<void> await(int fd, short events, std::uint64_t deadline);

/// Reads by `call(flags)`, non-blocking where there is a deadline.
IoResult<std::size_t> read_until(int fd, std::uint64_t deadline, int dont_wait, auto&& call) {
    if (deadline == 0) {
        return counted(retry([&] { return call(0); }));
    }
    for (;;) {
        const auto count = retry([&] { return call(dont_wait); });
        if (count != -1 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
            return counted(count);
        }
        if (auto ready = await(fd, POLLIN, deadline); !ready) {
            return std::unexpected(std::move(ready).error());
        }
    }
}

/// Writes all of `bytes` by `call(rest, flags)`; a failure after some has their number.
IoResult<void> write_until(int fd, std::uint64_t deadline, int dont_wait, std::span<const std::byte> bytes,
                           auto&& call) {
    const auto size = bytes.size();
    while (!bytes.empty()) {
        const auto count = retry([&] { return call(bytes, deadline == 0 ? 0 : dont_wait); });
        if (count >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            continue;
        }
        if (deadline == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
            return last_error();
        }
        if (auto ready = await(fd, POLLOUT, deadline); !ready) {
            auto error = std::move(ready).error();
            error.extra = size - bytes.size();
            return std::unexpected(std::move(error));
        }
    }
    return {};
}

}  // namespace runtime_2014::native
