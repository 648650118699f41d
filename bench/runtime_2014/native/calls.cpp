// SPDX-License-Identifier: MIT
//
// calls: waiting, with a timeout.

#include "runtime_2014/native/calls.hpp"

#include <ctime>

namespace runtime_2014::native {

std::uint64_t now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1000 + static_cast<std::uint64_t>(time.tv_nsec) / 1000000;
}

IoResult<void> await(int fd, short events, std::uint64_t deadline) {
    for (;;) {
        const std::uint64_t time = now();
        const int left = deadline == 0 ? -1 : time < deadline ? static_cast<int>(deadline - time) : 0;
        pollfd entry{.fd = fd, .events = events, .revents = 0};
        const int ready = ::poll(&entry, 1, left);
        if (ready > 0) {
            return {};
        }
        if (ready == 0) {
            return error_of(ETIMEDOUT);
        }
        if (errno != EINTR) {
            return last_error();
        }
    }
}

}  // namespace runtime_2014::native
