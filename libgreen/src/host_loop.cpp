// SPDX-License-Identifier: MIT
#include "host_loop.hpp"

#include <weld/sys/linux/epoll.hpp>
#include <weld/sys/linux/eventfd.hpp>
#include <weld/sys/linux/timerfd.hpp>
#include <weld/sys/posix/io.hpp>
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
    sys::EpollEvent event{};  // it has a gap on some CPUs, and on others none
    event.found = static_cast<std::uint32_t>(sys::EpollEvents::In);
    return sys::epoll_ctl(epoll, sys::EpollOperation::Add, descriptor, event);
}

void drain(sys::BorrowedFd counter) noexcept {
    std::uint64_t count = 0;
    (void)sys::read(counter, std::as_writable_bytes(std::span(&count, 1)));
}

}  // namespace

HostLoop::HostLoop(sys::OwnedFd epoll, sys::OwnedFd bell, sys::OwnedFd timer) noexcept
    : epoll_(std::move(epoll)), bell_(std::move(bell)), timer_(std::move(timer)) {}

sys::Result<std::unique_ptr<HostLoop>> HostLoop::make() noexcept {
    sys::OwnedFd epoll = WELD_TRY(sys::epoll_create1(sys::EpollFlags::CloseOnExec));
    sys::OwnedFd bell = WELD_TRY(sys::eventfd(0, sys::EventfdFlags::Nonblock | sys::EventfdFlags::CloseOnExec));
    sys::OwnedFd timer = WELD_TRY(
        sys::timerfd_create(sys::ClockId::Monotonic, sys::TimerfdFlags::Nonblock | sys::TimerfdFlags::CloseOnExec));
    for (const sys::OwnedFd* each : {&bell, &timer}) {
        if (const auto added = watch(epoll.borrow(), each->borrow()); !added) {
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
        const Instant now(weld::native::now(weld::native::Clock::Monotonic));
        (void)sys::ppoll(std::span(&entry, 1), timespec_of(std::max<std::chrono::nanoseconds>(deadline - now, 0ns)));
    }
    look();
}

void HostLoop::look() noexcept {
    drain(bell_.borrow());
    drain(timer_.borrow());
    if (io_ != nullptr) {
        io_->look();
    }
}

void HostLoop::ring() noexcept {
    const std::uint64_t one = 1;
    (void)sys::write(bell_.borrow(), std::as_bytes(std::span(&one, 1)));
}

void HostLoop::evacuate() noexcept {
    if (io_ != nullptr) {
        io_->evacuate();
    }
}

bool HostLoop::is_busy() const noexcept { return io_ != nullptr && io_->is_busy(); }

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
