// SPDX-License-Identifier: MIT
#include <weld/sys/posix/uio.hpp>

#include "check.hpp"

#include <limits.h>
#include <sys/uio.h>

namespace weld::sys {

static_assert(sizeof(IoSlice) == sizeof(iovec) && sizeof(IoSliceMut) == sizeof(iovec));
static_assert(offsetof(iovec, iov_base) == 0 && offsetof(iovec, iov_len) == sizeof(void*));
static_assert(iov_max == IOV_MAX);

namespace {

template <class Slice>
const iovec* to_system(std::span<const Slice> slices) noexcept {
    return reinterpret_cast<const iovec*>(slices.data());
}

/// The count as an int, saturated: the kernel refuses so many slices in any case.
template <class Slice>
int count_of(std::span<const Slice> slices) noexcept {
    return slices.size() <= iov_max ? static_cast<int>(slices.size()) : INT_MAX;
}

}  // namespace

Result<std::size_t> readv(BorrowedFd fd, std::span<const IoSliceMut> targets) noexcept {
    return check_count(::readv(fd.raw(), to_system(targets), count_of(targets)));
}

Result<std::size_t> preadv(BorrowedFd fd, std::span<const IoSliceMut> targets, std::uint64_t offset) noexcept {
    return check_count(::preadv(fd.raw(), to_system(targets), count_of(targets), static_cast<off_t>(offset)));
}

Result<std::size_t> writev(BorrowedFd fd, std::span<const IoSlice> sources) noexcept {
    return check_count(::writev(fd.raw(), to_system(sources), count_of(sources)));
}

Result<std::size_t> pwritev(BorrowedFd fd, std::span<const IoSlice> sources, std::uint64_t offset) noexcept {
    return check_count(::pwritev(fd.raw(), to_system(sources), count_of(sources), static_cast<off_t>(offset)));
}

}  // namespace weld::sys
