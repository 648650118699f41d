// SPDX-License-Identifier: MIT
#include <weld/sys/linux/prctl.hpp>

#include "../posix/check.hpp"

#include <sys/prctl.h>

namespace weld::sys {

namespace {

constexpr int get_shadow_stack_status = 74;  // PR_GET_SHADOW_STACK_STATUS of Linux 6.13, absent from older headers

}  // namespace

Result<std::uint64_t> prctl_get_shadow_stack_status() noexcept {
    unsigned long status = 0;
    if (::prctl(get_shadow_stack_status, &status, 0, 0, 0) < 0) {
        return last_error();
    }
    return std::uint64_t{status};
}

Result<std::uint32_t> prctl_get_timer_slack() noexcept {
    const int slack = ::prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    if (slack < 0) {
        return last_error();
    }
    return static_cast<std::uint32_t>(slack);
}

Result<void> prctl_set_timer_slack(std::uint32_t nanoseconds) noexcept {
    return check(::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(nanoseconds), 0, 0, 0));
}

Result<void> prctl_set_parent_death_signal(Signal signal) noexcept {
    return check(::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(signal), 0, 0, 0));
}

Result<std::int32_t> prctl_get_dumpable() noexcept {
    const int dumpable = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    if (dumpable < 0) {
        return last_error();
    }
    return dumpable;
}

Result<void> prctl_set_dumpable(std::int32_t dumpable) noexcept {
    return check(::prctl(PR_SET_DUMPABLE, static_cast<unsigned long>(dumpable), 0, 0, 0));
}

}  // namespace weld::sys
