// SPDX-License-Identifier: MIT
#include <weld/sys/linux/timerfd.hpp>

#include "../posix/check.hpp"
#include "../posix/timespec.hpp"

#include <sys/timerfd.h>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(TimerfdFlags::Nonblock) == TFD_NONBLOCK &&
              std::to_underlying(TimerfdFlags::CloseOnExec) == TFD_CLOEXEC);
static_assert(std::to_underlying(TimerfdSetFlags::Absolute) == TFD_TIMER_ABSTIME &&
              std::to_underlying(TimerfdSetFlags::CancelOnSet) == TFD_TIMER_CANCEL_ON_SET);

Result<OwnedFd> timerfd_create(ClockId clock, TimerfdFlags flags) noexcept {
    const int opened = ::timerfd_create(static_cast<int>(clock), static_cast<int>(flags));
    if (opened < 0) [[unlikely]] {
        return last_error();
    }
    return Result<OwnedFd>(std::in_place, opened);
}

Result<void> timerfd_settime(BorrowedFd timer, TimerfdSetFlags flags, Timespec time) noexcept {
    const itimerspec once{.it_interval = {}, .it_value = to_system(time)};
    return check(::timerfd_settime(timer.raw(), static_cast<int>(flags), &once, nullptr));
}

}  // namespace weld::sys
