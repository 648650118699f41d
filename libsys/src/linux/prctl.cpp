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

}  // namespace weld::sys
