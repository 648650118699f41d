// SPDX-License-Identifier: MIT
#include <weld/sys/linux/eventfd.hpp>

#include "../posix/check.hpp"

#include <sys/eventfd.h>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(EventfdFlags::Semaphore) == EFD_SEMAPHORE);
static_assert(std::to_underlying(EventfdFlags::Nonblock) == EFD_NONBLOCK &&
              std::to_underlying(EventfdFlags::CloseOnExec) == EFD_CLOEXEC);

Result<OwnedFd> eventfd(std::uint32_t count, EventfdFlags flags) noexcept {
    const int opened = ::eventfd(count, static_cast<int>(flags));
    if (opened < 0) [[unlikely]] {
        return last_error();
    }
    return Result<OwnedFd>(std::in_place, opened);
}

}  // namespace weld::sys
