// SPDX-License-Identifier: MIT
#include <weld/sys/linux/epoll.hpp>

#include "../posix/check.hpp"

#include <sys/epoll.h>
#include <algorithm>
#include <limits>
#include <utility>

namespace weld::sys {

static_assert(sizeof(EpollEvent) == sizeof(epoll_event) && alignof(EpollEvent) >= alignof(epoll_event));
static_assert(offsetof(EpollEvent, found) == offsetof(epoll_event, events) &&
              offsetof(EpollEvent, data) == offsetof(epoll_event, data));
static_assert(std::to_underlying(EpollEvents::In) == EPOLLIN && std::to_underlying(EpollEvents::Priority) == EPOLLPRI);
static_assert(std::to_underlying(EpollEvents::Out) == EPOLLOUT && std::to_underlying(EpollEvents::Error) == EPOLLERR);
static_assert(std::to_underlying(EpollEvents::Hangup) == EPOLLHUP &&
              std::to_underlying(EpollEvents::ReadHangup) == EPOLLRDHUP);

static_assert(std::to_underlying(EpollFlags::CloseOnExec) == EPOLL_CLOEXEC);
static_assert(std::to_underlying(EpollOperation::Add) == EPOLL_CTL_ADD &&
              std::to_underlying(EpollOperation::Delete) == EPOLL_CTL_DEL &&
              std::to_underlying(EpollOperation::Modify) == EPOLL_CTL_MOD);

Result<OwnedFd> epoll_create1(EpollFlags flags) noexcept {
    const int opened = ::epoll_create1(static_cast<int>(flags));
    if (opened < 0) [[unlikely]] {
        return last_error();
    }
    return Result<OwnedFd>(std::in_place, opened);
}

Result<void> epoll_ctl(BorrowedFd epoll, EpollOperation operation, BorrowedFd fd, EpollEvent event) noexcept {
    return check(
        ::epoll_ctl(epoll.raw(), static_cast<int>(operation), fd.raw(), reinterpret_cast<epoll_event*>(&event)));
}

Result<std::size_t> epoll_wait(BorrowedFd epoll, std::span<EpollEvent> target, std::int32_t milliseconds) noexcept {
    constexpr std::size_t most = std::numeric_limits<int>::max() / sizeof(epoll_event);
    const auto room = static_cast<int>(std::min(target.size(), most));
    return check_count(::epoll_wait(epoll.raw(), reinterpret_cast<epoll_event*>(target.data()), room, milliseconds));
}

}  // namespace weld::sys
