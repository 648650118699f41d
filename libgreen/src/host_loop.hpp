// SPDX-License-Identifier: MIT
//
// HostLoop: the loop of a worker that a host's own thread drives, from its own event loop.
//
// Its descriptor is an epoll that holds a bell, a timer and, once there is I/O, libuv's epoll. It is readable when
// the host should drive the worker.
#pragma once

#include "bell.hpp"
#include "loop.hpp"

#include <green/api.hpp>

#include <weld/sys/errno.hpp>
#include <weld/sys/repr.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace green {

class HostLoop final : public Loop {
public:
    [[nodiscard]] static weld::sys::Result<std::unique_ptr<HostLoop>> make() noexcept;

    void wait(Instant deadline) noexcept override;
    void look() noexcept override;
    void ring() noexcept override;
    void evacuate() noexcept override;

    /// Also watches `io` from now on, which is ready when `descriptor` is readable. The holder only.
    [[nodiscard]] GREEN_API weld::sys::Result<void> adopt(Loop& io, weld::sys::BorrowedFd descriptor) noexcept;

    /// Makes the descriptor readable from `deadline` on.
    void arm(Instant deadline) noexcept;

    [[nodiscard]] weld::sys::BorrowedFd descriptor() const noexcept { return epoll_.borrow(); }

    bool sleeps = false;                   // whether the worker sleeps because the host's thread left it
    std::atomic<std::uint32_t> driven{0};  // a thread is in `pump`

private:
    HostLoop(weld::sys::OwnedFd epoll, Bell bell, weld::sys::OwnedFd timer) noexcept;

    weld::sys::OwnedFd epoll_;
    Bell bell_;
    weld::sys::OwnedFd timer_;
    Loop* io_ = nullptr;
};

}  // namespace green
