// SPDX-License-Identifier: MIT
//
// membarrier(2), PRIVATE_EXPEDITED: a memory barrier in every running thread of the process at once.
//
// It is the expensive half of an asymmetric fence: the caller interrupts each CPU that runs a thread of the
// process, and the other threads need only a compiler fence.
#pragma once

#include <weld/sys/errno.hpp>

namespace weld::sys {

/// MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED: registers the whole process; idempotent. `Errno::Nosys` or
/// `Errno::Perm` where the kernel or a seccomp filter refuses the call, `Errno::Inval` where it is off (nohz_full).
[[nodiscard]] WELD_API Result<void> membarrier_register() noexcept;

/// MEMBARRIER_CMD_PRIVATE_EXPEDITED: when it returns, each thread of the process has passed a full barrier.
/// It cannot fail once `membarrier_register` has succeeded, and does nothing before that.
WELD_API void membarrier() noexcept;

}  // namespace weld::sys
