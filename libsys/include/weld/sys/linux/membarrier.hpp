// SPDX-License-Identifier: MIT
//
// membarrier(2), PRIVATE_EXPEDITED: a memory barrier in every running thread of the process at once.
//
// The dear half of an asymmetric fence: who calls pays with an interrupt of each CPU that runs one of the
// process's threads; the others get by with a compiler fence.
#pragma once

#include <weld/sys/errno.hpp>

namespace weld::sys {

/// MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED: for the whole process, once or again. `Errno::Nosys` or
/// `Errno::Perm` where the kernel or a filter has no such call, `Errno::Inval` where it is off (nohz_full).
[[nodiscard]] WELD_API Result<void> membarrier_register() noexcept;

/// MEMBARRIER_CMD_PRIVATE_EXPEDITED: when it returns, each thread of the process has passed a full barrier.
/// Cannot fail once `membarrier_register` succeeded; does nothing before.
WELD_API void membarrier() noexcept;

}  // namespace weld::sys
