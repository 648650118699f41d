// SPDX-License-Identifier: MIT
//
// FloatControl for aarch64: FPCR, of which rounding and flush-to-zero belong to the callee's caller (AAPCS64 6.1.2).
#pragma once

#include <cstdint>

namespace green {

struct FloatControl {
    std::uint64_t fpcr;
};

[[nodiscard, gnu::always_inline]] inline FloatControl get_float_control() noexcept {
    FloatControl control;
    asm volatile("mrs %0, fpcr" : "=r"(control.fpcr));
    return control;
}

[[gnu::always_inline]] inline void put_float_control(const FloatControl& control) noexcept {
    asm volatile("msr fpcr, %0" : : "r"(control.fpcr));
}

}  // namespace green
