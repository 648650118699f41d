// SPDX-License-Identifier: MIT
//
// FloatControl for x86-64: MXCSR and the x87 control word (System V ABI 3.2.1: both belong to the callee's caller).
#pragma once

#include <cstdint>

namespace green {

struct FloatControl {
    std::uint32_t mxcsr;
    std::uint16_t x87;
};

[[nodiscard, gnu::always_inline]] inline FloatControl get_float_control() noexcept {
    FloatControl control;
    asm volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(control.mxcsr), "=m"(control.x87));
    return control;
}

[[gnu::always_inline]] inline void put_float_control(const FloatControl& control) noexcept {
    asm volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(control.mxcsr), "m"(control.x87));
}

}  // namespace green
