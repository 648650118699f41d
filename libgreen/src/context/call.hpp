// SPDX-License-Identifier: MIT
//
// follows_call: whether an address is a return address; one implementation a CPU, in `context/<cpu>/`.
#pragma once

#if defined(__x86_64__)
#include "x86_64/call.hpp"  // IWYU pragma: export
#elif defined(__aarch64__)
#include "aarch64/call.hpp"  // IWYU pragma: export
#elif defined(__riscv) && __riscv_xlen == 64
#include "riscv64/call.hpp"  // IWYU pragma: export
#endif
