// SPDX-License-Identifier: MIT
//
// FloatControl: rounding, traps and what else a thread can say of its floating-point arithmetic.
//
// One implementation a CPU, in `context/<cpu>/`: what a function has to give back as it found it, and a switch does not
// keep unless the runtime was asked to.
#pragma once

#if defined(__x86_64__)
#include "x86_64/float_control.hpp"  // IWYU pragma: export
#elif defined(__aarch64__)
#include "aarch64/float_control.hpp"  // IWYU pragma: export
#elif defined(__riscv) && __riscv_xlen == 64
#include "riscv64/float_control.hpp"  // IWYU pragma: export
#endif
