// SPDX-License-Identifier: MIT
#include <weld/sys/posix/poll.hpp>

#include "check.hpp"

#include <poll.h>
#include <ctime>
#include <utility>

namespace weld::sys {

static_assert(sizeof(PollFd) == sizeof(pollfd) && offsetof(PollFd, fd) == offsetof(pollfd, fd));
static_assert(offsetof(PollFd, wanted) == offsetof(pollfd, events) &&
              offsetof(PollFd, found) == offsetof(pollfd, revents));
static_assert(std::to_underlying(PollEvents::In) == POLLIN && std::to_underlying(PollEvents::Priority) == POLLPRI);
static_assert(std::to_underlying(PollEvents::Out) == POLLOUT && std::to_underlying(PollEvents::Error) == POLLERR);
static_assert(std::to_underlying(PollEvents::Hangup) == POLLHUP && std::to_underlying(PollEvents::Invalid) == POLLNVAL);

Result<std::size_t> poll(std::span<PollFd> fds, std::int32_t milliseconds) noexcept {
    return check_count(::poll(reinterpret_cast<pollfd*>(fds.data()), fds.size(), milliseconds));
}

Result<std::size_t> ppoll(std::span<PollFd> fds, const std::optional<Timespec>& timeout) noexcept {
    timespec system{};
    if (timeout) {
        system = {.tv_sec = timeout->seconds, .tv_nsec = timeout->nanoseconds};
    }
    return check_count(
        ::ppoll(reinterpret_cast<pollfd*>(fds.data()), fds.size(), timeout ? &system : nullptr, nullptr));
}

}  // namespace weld::sys
