// SPDX-License-Identifier: MIT
//
// process_madvise(2): madvise(2) for many ranges of memory at once.
#pragma once

#include <weld/sys/posix/mman.hpp>

#include <cstddef>
#include <span>

namespace weld::sys {

/// struct iovec: a range of addresses.
struct MemoryRange {
    void* address;
    std::size_t length;
};

/// process_madvise(2) for the calling process itself (PIDFD_SELF): gives `advice` for `ranges`, at most 1,024, and
/// returns for how many bytes the kernel applied it, which may be fewer than all. `Errno::Badf` before Linux 6.14.
[[nodiscard]] WELD_API Result<std::size_t> process_madvise(std::span<const MemoryRange> ranges, Advice advice) noexcept;

}  // namespace weld::sys
