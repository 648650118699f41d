// SPDX-License-Identifier: MIT
//
// Bell: an eventfd that wakes the thread that polls it. Any thread rings.
#pragma once

#include <weld/sys/linux/eventfd.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>
#include <span>
#include <utility>

namespace green {

/// Drains an eventfd or a timerfd: reads its count, so that it is not readable any more.
inline void drain(weld::sys::BorrowedFd counter) noexcept {
    std::uint64_t count = 0;
    (void)weld::sys::read(counter, std::as_writable_bytes(std::span(&count, 1)));
}

class Bell {
public:
    [[nodiscard]] static weld::sys::Result<Bell> make() noexcept {
        auto made = weld::sys::eventfd(0, weld::sys::EventfdFlags::Nonblock | weld::sys::EventfdFlags::CloseOnExec);
        if (!made) {
            return std::unexpected(made.error());
        }
        return Bell(*std::move(made));
    }

    void ring() const noexcept {
        const std::uint64_t one = 1;
        (void)weld::sys::write(descriptor_.borrow(), std::as_bytes(std::span(&one, 1)));
    }

    /// Drains the bell: it does not ring any more.
    void answer() const noexcept { drain(descriptor_.borrow()); }

    [[nodiscard]] weld::sys::BorrowedFd descriptor() const noexcept { return descriptor_.borrow(); }

private:
    explicit Bell(weld::sys::OwnedFd descriptor) noexcept : descriptor_(std::move(descriptor)) {}

    weld::sys::OwnedFd descriptor_;  // its count: rings that were not answered
};

}  // namespace green
