// SPDX-License-Identifier: MIT
//
// write_without_signal: writev that never raises SIGPIPE.
#pragma once

#include <weld/sys/io_slice.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <span>

namespace weld::native {

/// writev(2) of at most IOV_MAX slices, retried when a signal interrupts it.
[[nodiscard]] sys::Result<std::size_t> write_without_signal(sys::BorrowedHandle handle,
                                                            std::span<const sys::IoSlice> sources) noexcept;

}  // namespace weld::native
