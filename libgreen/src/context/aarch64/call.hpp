// SPDX-License-Identifier: MIT
//
// follows_call: whether an address is a return address, behind a call instruction (AArch64).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace green {

/// Whether the instruction that ends at `place` is a call; `room` bytes below it are of the same function.
inline bool follows_call(const std::uint8_t* place, std::size_t room) noexcept {
    std::uint32_t code = 0;
    if (room < sizeof code) {
        return false;
    }
    std::memcpy(&code, place - sizeof code, sizeof code);
    return (code & 0xfc000000) == 0x94000000 ||  // BL
           (code & 0xfffffc1f) == 0xd63f0000 ||  // BLR
           (code & 0xfefff800) == 0xd63f0800;    // BLRAA and its like
}

}  // namespace green
