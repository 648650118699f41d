// SPDX-License-Identifier: MIT
//
// random_bits: what nobody can guess.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstdint>

namespace weld::native {

/// 64 bits from the system's generator. Waits, at the start of the machine, until that has some.
[[nodiscard]] WELD_API sys::Result<std::uint64_t> random_bits() noexcept;

}  // namespace weld::native
