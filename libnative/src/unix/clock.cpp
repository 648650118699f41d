// SPDX-License-Identifier: MIT
#include <weld/native/clock.hpp>

#include "retry.hpp"
#include "timespec.hpp"

#include <weld/sys/posix/clock.hpp>

#include <cassert>

namespace weld::native {

namespace {

sys::ClockId to_clock_id(Clock clock) noexcept {
    switch (clock) {
        case Clock::Realtime: return sys::ClockId::Realtime;
        case Clock::Monotonic: return sys::ClockId::Monotonic;
        case Clock::Boot: return sys::ClockId::Boot;
        case Clock::ProcessCpu: return sys::ClockId::ProcessCpu;
        case Clock::ThreadCpu: break;
    }
    return sys::ClockId::ThreadCpu;
}

}  // namespace

std::chrono::nanoseconds now(Clock clock) noexcept {
    const auto time = sys::clock_gettime(to_clock_id(clock));
    assert(time);  // every Linux that weld runs on has all of these clocks
    const sys::Timespec shown = time.value_or(sys::Timespec{});
    return std::chrono::seconds(shown.seconds) + std::chrono::nanoseconds(shown.nanoseconds);
}

void sleep_until(Instant deadline) noexcept {
    const sys::Timespec until = to_timespec(deadline);
    (void)retry([&] { return sys::clock_nanosleep_until(sys::ClockId::Monotonic, until); });
}

}  // namespace weld::native
