// SPDX-License-Identifier: MIT
//
// FloatControl for riscv64: the rounding mode. (The flags in fcsr report what happened, and belong to no function.)
#pragma once

#include <cstdint>

namespace green {

struct FloatControl {
    std::uint64_t rounding;
};

[[nodiscard, gnu::always_inline]] inline FloatControl get_float_control() noexcept {
    FloatControl control;
    asm volatile("frrm %0" : "=r"(control.rounding));
    return control;
}

[[gnu::always_inline]] inline void put_float_control(const FloatControl& control) noexcept {
    asm volatile("fsrm %0" : : "r"(control.rounding));
}

}  // namespace green
