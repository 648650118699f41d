// SPDX-License-Identifier: MIT
#include <weld/sys/repr.hpp>

#include "check.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace weld::sys {

static_assert(cwd == BorrowedFd(AT_FDCWD));

Result<void> OwnedFd::close() && noexcept { return check(::close(std::exchange(raw_, none))); }

void OwnedFd::drop() noexcept { (void)::close(raw_); }

}  // namespace weld::sys
