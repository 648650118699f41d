// SPDX-License-Identifier: MIT
//
// prctl(2): attributes of the calling thread or process.
#pragma once

#include <weld/sys/api.hpp>
#include <weld/sys/errno.hpp>
#include <weld/sys/posix/signal.hpp>

#include <cstdint>

namespace weld::sys {

/// prctl(PR_GET_SHADOW_STACK_STATUS): which features of a shadow stack the calling thread has enabled; zero for none.
/// `Errno::Inval` where the kernel or the processor supports no shadow stacks.
[[nodiscard]] WELD_API Result<std::uint64_t> prctl_get_shadow_stack_status() noexcept;

/// prctl(PR_GET_TIMERSLACK): how many nanoseconds late the timed sleeps of the calling thread may end, so that the
/// kernel can end several at once; 50,000 by default. A new thread inherits the slack of the thread that created it.
[[nodiscard]] WELD_API Result<std::uint32_t> prctl_get_timer_slack() noexcept;

/// prctl(PR_SET_TIMERSLACK). Zero restores the value that the thread started with.
[[nodiscard]] WELD_API Result<void> prctl_set_timer_slack(std::uint32_t nanoseconds) noexcept;

/// prctl(PR_SET_PDEATHSIG): the calling process gets `signal` when the thread that created it ends. Exec preserves
/// the setting; a change of user or group clears it.
[[nodiscard]] WELD_API Result<void> prctl_set_parent_death_signal(Signal signal) noexcept;

/// prctl(PR_GET_DUMPABLE): whether the memory of the process may be dumped and traced; 1 for yes, 0 and 2 for no.
/// The kernel sets it to no when a process or thread that uses that memory changes its user or group.
[[nodiscard]] WELD_API Result<std::int32_t> prctl_get_dumpable() noexcept;

/// prctl(PR_SET_DUMPABLE) to 0 or 1; other values are `Errno::Inval`.
[[nodiscard]] WELD_API Result<void> prctl_set_dumpable(std::int32_t dumpable) noexcept;

}  // namespace weld::sys
