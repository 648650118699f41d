// SPDX-License-Identifier: MIT
#include <weld/sys/posix/clock.hpp>

#include "check.hpp"
#include "timespec.hpp"

#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(ClockId::Realtime) == CLOCK_REALTIME);
static_assert(std::to_underlying(ClockId::Monotonic) == CLOCK_MONOTONIC);
static_assert(std::to_underlying(ClockId::ProcessCpu) == CLOCK_PROCESS_CPUTIME_ID);
static_assert(std::to_underlying(ClockId::ThreadCpu) == CLOCK_THREAD_CPUTIME_ID);
static_assert(std::to_underlying(ClockId::Boot) == CLOCK_BOOTTIME);

Result<Timespec> clock_gettime(ClockId clock) noexcept {
    timespec now;
    if (::clock_gettime(static_cast<clockid_t>(clock), &now) < 0) [[unlikely]] {
        return last_error();
    }
    return std::bit_cast<Timespec>(now);
}

Result<void> clock_nanosleep_until(ClockId clock, Timespec deadline) noexcept {
    const timespec until = to_system(deadline);
    return check_number(::clock_nanosleep(static_cast<clockid_t>(clock), TIMER_ABSTIME, &until, nullptr));
}

}  // namespace weld::sys
