// SPDX-License-Identifier: MIT
#include "host_loop.hpp"

#include <weld/sys/linux/epoll.hpp>
#include <weld/sys/linux/timerfd.hpp>
#include <weld/sys/posix/poll.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <utility>

namespace green {

namespace sys = weld::sys;
using namespace std::chrono_literals;

namespace {

sys::Timespec timespec_of(std::chrono::nanoseconds time) noexcept {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {.seconds = seconds.count(), .nanoseconds = (time - seconds).count()};
}

sys::Result<void> watch(sys::BorrowedFd epoll, sys::BorrowedFd descriptor) noexcept {
    sys::EpollEvent event{};  // on some CPUs it has padding, and on others none
    event.found = static_cast<std::uint32_t>(sys::EpollEvents::In);
    return sys::epoll_ctl(epoll, sys::EpollOperation::Add, descriptor, event);
}

}  // namespace

HostLoop::HostLoop(sys::OwnedFd epoll, Bell bell, sys::OwnedFd timer) noexcept
    : epoll_(std::move(epoll)), bell_(std::move(bell)), timer_(std::move(timer)) {}

sys::Result<std::unique_ptr<HostLoop>> HostLoop::make() noexcept {
    sys::OwnedFd epoll = WELD_TRY(sys::epoll_create1(sys::EpollFlags::CloseOnExec));
    Bell bell = WELD_TRY(Bell::make());
    sys::OwnedFd timer = WELD_TRY(
        sys::timerfd_create(sys::ClockId::Monotonic, sys::TimerfdFlags::Nonblock | sys::TimerfdFlags::CloseOnExec));
    for (const sys::BorrowedFd each : {bell.descriptor(), timer.borrow()}) {
        if (const auto added = watch(epoll.borrow(), each); !added) {
            return std::unexpected(added.error());
        }
    }
    std::unique_ptr<HostLoop> made(new (std::nothrow) HostLoop(std::move(epoll), std::move(bell), std::move(timer)));
    if (made == nullptr) {
        return std::unexpected(sys::Errno::Nomem);
    }
    return made;
}

void HostLoop::wait(Instant deadline) noexcept {
    sys::PollFd entry{.fd = epoll_.borrow().raw(), .wanted = sys::PollEvents::In, .found = sys::PollEvents::None};
    if (deadline == Instant::max()) {
        (void)sys::ppoll(std::span(&entry, 1), std::nullopt);
    } else {
        (void)sys::ppoll(std::span(&entry, 1), timespec_of(std::max<std::chrono::nanoseconds>(deadline - now(), 0ns)));
    }
    look();
}

void HostLoop::look() noexcept {
    bell_.answer();
    drain(timer_.borrow());
    if (io_ != nullptr) {
        io_->look();
    }
}

void HostLoop::ring() noexcept { bell_.ring(); }

void HostLoop::evacuate() noexcept {
    if (io_ != nullptr) {
        io_->evacuate();
    }
}

sys::Result<void> HostLoop::adopt(Loop& io, sys::BorrowedFd descriptor) noexcept {
    if (auto added = watch(epoll_.borrow(), descriptor); !added) {
        return added;
    }
    io_ = &io;
    return {};
}

void HostLoop::arm(Instant deadline) noexcept {
    // Zero disarms; a deadline in the past is due at once.
    const auto time =
        deadline == Instant::max() ? 0ns : std::max<std::chrono::nanoseconds>(deadline.time_since_epoch(), 1ns);
    (void)sys::timerfd_settime(timer_.borrow(), sys::TimerfdSetFlags::Absolute, timespec_of(time));
    if (io_ != nullptr && io_->needs_look()) {
        ring();
    }
}

}  // namespace green
