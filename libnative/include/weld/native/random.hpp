// SPDX-License-Identifier: MIT
//
// random_bits: unpredictable bits from the system's random generator.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstdint>

namespace weld::native {

/// 64 bits from the system's random generator. Early in boot it waits until the generator is seeded.
[[nodiscard]] WELD_API sys::Result<std::uint64_t> random_bits() noexcept;

}  // namespace weld::native
