// SPDX-License-Identifier: MIT
//
// Several buffers in one call: readv, writev, preadv, pwritev.
//
// A call takes at most `iov_max` slices; more give `Errno::Inval`. Otherwise as read, write, pread, pwrite.
#pragma once

#include <weld/sys/io_slice.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// IOV_MAX.
inline constexpr std::size_t iov_max = 1024;

/// readv(2): fills `targets` one after another and returns how many bytes.
[[nodiscard]] WELD_API Result<std::size_t> readv(BorrowedFd fd, std::span<const IoSliceMut> targets) noexcept;

/// preadv(2): the same from `offset`; the position does not move.
[[nodiscard]] WELD_API Result<std::size_t> preadv(BorrowedFd fd, std::span<const IoSliceMut> targets,
                                                  std::uint64_t offset) noexcept;

/// writev(2): writes `sources` one after another and returns how many bytes.
[[nodiscard]] WELD_API Result<std::size_t> writev(BorrowedFd fd, std::span<const IoSlice> sources) noexcept;

/// pwritev(2): the same to `offset`; the position does not move.
[[nodiscard]] WELD_API Result<std::size_t> pwritev(BorrowedFd fd, std::span<const IoSlice> sources,
                                                   std::uint64_t offset) noexcept;

}  // namespace weld::sys
