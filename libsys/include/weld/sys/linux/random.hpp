// SPDX-License-Identifier: MIT
//
// getrandom(2): the kernel's random bytes.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstddef>
#include <span>

namespace weld::sys {

/// getrandom(2) from the urandom source: fills the front of `target` and returns how many bytes. A request of
/// at most 256 bytes is always filled whole. Blocks only before the kernel is seeded, early in boot.
[[nodiscard]] WELD_API Result<std::size_t> getrandom(std::span<std::byte> target) noexcept;

}  // namespace weld::sys
