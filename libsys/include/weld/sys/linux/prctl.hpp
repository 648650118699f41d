// SPDX-License-Identifier: MIT
//
// prctl(2): what a thread asks of the kernel about itself.
#pragma once

#include <weld/sys/api.hpp>
#include <weld/sys/errno.hpp>
#include <weld/sys/posix/signal.hpp>

#include <cstdint>

namespace weld::sys {

/// prctl(PR_GET_SHADOW_STACK_STATUS): which parts of a shadow stack the calling thread has; zero for none.
/// `Errno::Inval` where kernel or processor knows none.
[[nodiscard]] WELD_API Result<std::uint64_t> prctl_get_shadow_stack_status() noexcept;

/// prctl(PR_GET_TIMERSLACK): by how many nanoseconds the timed sleeps of the calling thread may end late, so that the
/// kernel can let several end at once; 50,000 by default. Threads have that of the one that started them.
[[nodiscard]] WELD_API Result<std::uint32_t> prctl_get_timer_slack() noexcept;

/// prctl(PR_SET_TIMERSLACK). Zero for what the thread began with.
[[nodiscard]] WELD_API Result<void> prctl_set_timer_slack(std::uint32_t nanoseconds) noexcept;

/// prctl(PR_SET_PDEATHSIG): the calling process gets `signal` when the thread that made it ends. It is kept over exec,
/// and gone when user or group change.
[[nodiscard]] WELD_API Result<void> prctl_set_parent_death_signal(Signal signal) noexcept;

/// prctl(PR_GET_DUMPABLE): whether the memory of the process may be dumped and looked at; 1 for yes, 0 and 2 for no.
/// The kernel says no when whoever uses that memory changes user or group.
[[nodiscard]] WELD_API Result<std::int32_t> prctl_get_dumpable() noexcept;

/// prctl(PR_SET_DUMPABLE) to 0 or 1; others are `Errno::Inval`.
[[nodiscard]] WELD_API Result<void> prctl_set_dumpable(std::int32_t dumpable) noexcept;

}  // namespace weld::sys
