// SPDX-License-Identifier: MIT
//
// follows_call: whether an address is a return address, behind a call instruction (x86-64).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace green {

/// Whether the instruction that ends at `place` is a call; `room` bytes below it are of the same function.
inline bool follows_call(const std::uint8_t* place, std::size_t room) noexcept {
    if (room >= 5 && *(place - 5) == 0xe8) {  // relative: E8
        return true;
    }
    constexpr std::array<std::size_t, 5> lengths{2, 3, 4, 6, 7};
    for (const std::size_t length : lengths) {  // indirect, through a register or memory: FF /2
        if (room >= length && *(place - length) == 0xff && (*(place - length + 1) & 0x38) == 0x10) {
            return true;
        }
    }
    return false;
}

}  // namespace green
