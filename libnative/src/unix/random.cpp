// SPDX-License-Identifier: MIT
#include <weld/native/random.hpp>

#include "retry.hpp"

#include <weld/sys/linux/random.hpp>
#include <weld/sys/try.hpp>

#include <array>
#include <bit>
#include <cstddef>

namespace weld::native {

sys::Result<std::uint64_t> random_bits() noexcept {
    std::array<std::byte, 8> bytes;
    // So few bytes come all together, or none do.
    (void)WELD_TRY(retry([&] { return sys::getrandom(bytes); }));
    return std::bit_cast<std::uint64_t>(bytes);
}

}  // namespace weld::native
