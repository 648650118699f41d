// SPDX-License-Identifier: MIT
#include <weld/sys/linux/process_madvise.hpp>

#include "../posix/check.hpp"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cstddef>

namespace weld::sys {

static_assert(sizeof(MemoryRange) == sizeof(iovec));
static_assert(offsetof(MemoryRange, address) == offsetof(iovec, iov_base) &&
              offsetof(MemoryRange, length) == offsetof(iovec, iov_len));

namespace {

constexpr int pidfd_self = -10000;  // PIDFD_SELF of Linux 6.14, absent from older headers

}  // namespace

Result<std::size_t> process_madvise(std::span<const MemoryRange> ranges, Advice advice) noexcept {
    const long done =
        ::syscall(SYS_process_madvise, pidfd_self, ranges.data(), ranges.size(), static_cast<int>(advice), 0U);
    if (done < 0) [[unlikely]] {
        return last_error();
    }
    return static_cast<std::size_t>(done);
}

}  // namespace weld::sys
