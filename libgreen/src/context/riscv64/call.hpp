// SPDX-License-Identifier: MIT
//
// follows_call: whether an address is a return address, behind a call instruction (RISC-V).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace green {

/// Whether the instruction that ends at `place` is a call; `room` bytes below it are of the same function.
inline bool follows_call(const std::uint8_t* place, std::size_t room) noexcept {
    std::uint16_t half = 0;
    if (room >= sizeof half) {
        std::memcpy(&half, place - sizeof half, sizeof half);
        if ((half & 0xf07f) == 0x9002 && half != 0x9002) {  // C.JALR
            return true;
        }
    }
    std::uint32_t code = 0;
    if (room < sizeof code) {
        return false;
    }
    std::memcpy(&code, place - sizeof code, sizeof code);
    return (code & 0xfff) == 0x0ef || (code & 0x7fff) == 0x00e7;  // JAL and JALR that write ra
}

}  // namespace green
