// SPDX-License-Identifier: MIT
//
// prctl(2): what a thread asks of the kernel about itself.
#pragma once

#include <weld/sys/api.hpp>
#include <weld/sys/errno.hpp>

#include <cstdint>

namespace weld::sys {

/// prctl(PR_GET_SHADOW_STACK_STATUS): which parts of a shadow stack the calling thread has; zero for none.
/// `Errno::Inval` where kernel or processor knows none.
[[nodiscard]] WELD_API Result<std::uint64_t> prctl_get_shadow_stack_status() noexcept;

}  // namespace weld::sys
