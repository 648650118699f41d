// SPDX-License-Identifier: MIT
#include <weld/sys/posix/flock.hpp>

#include "check.hpp"

#include <sys/file.h>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(LockOperation::Shared) == LOCK_SH &&
              std::to_underlying(LockOperation::Exclusive) == LOCK_EX);
static_assert(std::to_underlying(LockOperation::Nonblock) == LOCK_NB &&
              std::to_underlying(LockOperation::Unlock) == LOCK_UN);

Result<void> flock(BorrowedFd fd, LockOperation operation) noexcept {
    return check(::flock(fd.raw(), static_cast<int>(operation)));
}

}  // namespace weld::sys
