// SPDX-License-Identifier: MIT
//
// The switch for aarch64, AAPCS64. For context.hpp.
#pragma once

// Where the compiler may use SVE, a predicate may be live across the switch; the vectors' lower parts are named anyway.
#if defined(__ARM_FEATURE_SVE)
#define GREEN_SVE_REGISTERS \
    , "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12", "p13", "p14", "p15"
#else
#define GREEN_SVE_REGISTERS
#endif

namespace green {

/// Saves the present context in `from` and switches to `to`. Returns when a thread switches back to `from`, with the
/// carrier, `then` and argument of that switch.
[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Arrival exchange(Context& from, const Context& to, Carrier& carrier,
                                                                    Then then, void* argument) noexcept {
    register Carrier* on asm("x0") = &carrier;
    register Then first asm("x1") = then;
    register void* with asm("x2") = argument;
    register void** save asm("x3") = &from.stack_pointer;
    register void* const* go asm("x4") = &to.stack_pointer;
    // x29 cannot be named as clobbered where it is the frame pointer. `hint 36` is `bti j`.
    asm volatile(
        "adr x5, 1f\n\t"
        "stp x5, x29, [sp, #-16]!\n\t"
        "mov x5, sp\n\t"
        "str x5, [x3]\n\t"
        "ldr x5, [x4]\n\t"
        "mov sp, x5\n\t"
        "ldp x5, x29, [sp], #16\n\t"
        "br x5\n"
        "1:\n\t"
        "hint #36\n\t"
        : "+r"(on), "+r"(first), "+r"(with), "+r"(save), "+r"(go)
        :
        : "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20",
          "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7",
          "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23",
          "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "cc", "memory" GREEN_SVE_REGISTERS);
    return {.carrier = on, .then = first, .argument = with};
}

/// Pauses the processor for a moment, in a loop that spins.
inline void pause_processor() noexcept { asm volatile("isb"); }

}  // namespace green

#undef GREEN_SVE_REGISTERS
