// SPDX-License-Identifier: MIT
#include <weld/sys/linux/membarrier.hpp>

#include "../posix/check.hpp"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weld::sys {

Result<void> membarrier_register() noexcept {
    return check(::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
}

void membarrier() noexcept { (void)::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0); }

}  // namespace weld::sys
