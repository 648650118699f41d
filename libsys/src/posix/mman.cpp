// SPDX-License-Identifier: MIT
#include <weld/sys/posix/mman.hpp>

#include "check.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(Protection::Read) == PROT_READ && std::to_underlying(Protection::Write) == PROT_WRITE);
static_assert(std::to_underlying(Protection::Execute) == PROT_EXEC);
static_assert(std::to_underlying(MapFlags::Shared) == MAP_SHARED &&
              std::to_underlying(MapFlags::Private) == MAP_PRIVATE);
static_assert(std::to_underlying(MapFlags::Fixed) == MAP_FIXED &&
              std::to_underlying(MapFlags::Anonymous) == MAP_ANONYMOUS);
static_assert(std::to_underlying(MapFlags::NoReserve) == MAP_NORESERVE &&
              std::to_underlying(MapFlags::Populate) == MAP_POPULATE);
static_assert(std::to_underlying(MapFlags::Stack) == MAP_STACK);
static_assert(std::to_underlying(MapFlags::FixedNoReplace) == MAP_FIXED_NOREPLACE);
static_assert(std::to_underlying(Advice::WillNeed) == MADV_WILLNEED &&
              std::to_underlying(Advice::DontNeed) == MADV_DONTNEED);
static_assert(std::to_underlying(Advice::Free) == MADV_FREE && std::to_underlying(Advice::HugePage) == MADV_HUGEPAGE);
static_assert(std::to_underlying(Advice::NoHugePage) == MADV_NOHUGEPAGE);
static_assert(std::to_underlying(Advice::PopulateRead) == MADV_POPULATE_READ);
static_assert(std::to_underlying(Advice::PopulateWrite) == MADV_POPULATE_WRITE);

Result<void*> mmap(void* hint, std::size_t length, Protection protection, MapFlags flags, BorrowedFd fd,
                   std::uint64_t offset) noexcept {
    void* mapped = ::mmap(hint, length, static_cast<int>(protection), static_cast<int>(flags), fd.raw(),
                          static_cast<off_t>(offset));
    if (mapped == MAP_FAILED) [[unlikely]] {
        return last_error();
    }
    return mapped;
}

Result<void> munmap(void* address, std::size_t length) noexcept { return check(::munmap(address, length)); }

Result<void> mprotect(void* address, std::size_t length, Protection protection) noexcept {
    return check(::mprotect(address, length, static_cast<int>(protection)));
}

Result<void> madvise(void* address, std::size_t length, Advice advice) noexcept {
    return check(::madvise(address, length, static_cast<int>(advice)));
}

Result<void> mincore(const void* address, std::size_t length, std::span<unsigned char> resident) noexcept {
    return check(::mincore(const_cast<void*>(address), length, resident.data()));
}

std::size_t page_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace weld::sys
