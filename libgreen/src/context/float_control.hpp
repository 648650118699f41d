// SPDX-License-Identifier: MIT
//
// FloatControl: rounding, traps and the other settings of a thread's floating-point arithmetic.
//
// One implementation a CPU, in `context/<cpu>/`. A function must restore these settings before it returns, and a switch
// does not save them unless the runtime was asked to.
#pragma once

#if defined(__x86_64__)
#include "x86_64/float_control.hpp"  // IWYU pragma: export
#elif defined(__aarch64__)
#include "aarch64/float_control.hpp"  // IWYU pragma: export
#elif defined(__riscv) && __riscv_xlen == 64
#include "riscv64/float_control.hpp"  // IWYU pragma: export
#endif
