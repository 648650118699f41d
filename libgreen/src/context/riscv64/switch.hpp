// SPDX-License-Identifier: MIT
//
// The switch for riscv64 with the D extension, LP64D. For context.hpp.
#pragma once

// No function has to save the vector registers, but a compiler that uses them has to be told all the same.
#if defined(__riscv_vector)
#define GREEN_VECTOR_REGISTERS                                                                                     \
    , "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", \
        "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31"
#else
#define GREEN_VECTOR_REGISTERS
#endif

namespace green {

/// Saves the present context in `from` and switches to `to`. Returns when a thread switches back to `from`, with the
/// carrier, `then` and argument of that switch.
[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Arrival exchange(Context& from, const Context& to, Carrier& carrier,
                                                                    Then then, void* argument) noexcept {
    register Carrier* on asm("a0") = &carrier;
    register Then first asm("a1") = then;
    register void* with asm("a2") = argument;
    register void** save asm("a3") = &from.stack_pointer;
    register void* const* go asm("a4") = &to.stack_pointer;
    // s0 cannot be named as clobbered where it is the frame pointer. gp and tp are the program's and the thread's. A
    // jump by ra or t0 would be taken for a return, and a jump by t2 alone needs no landing pad (Zicfilp).
    asm volatile(
        "lla t2, 1f\n\t"
        "addi sp, sp, -16\n\t"
        "sd t2, 0(sp)\n\t"
        "sd s0, 8(sp)\n\t"
        "sd sp, 0(a3)\n\t"
        "ld sp, 0(a4)\n\t"
        "ld t2, 0(sp)\n\t"
        "ld s0, 8(sp)\n\t"
        "addi sp, sp, 16\n\t"
        "jr t2\n"
        "1:\n\t"
        : "+r"(on), "+r"(first), "+r"(with), "+r"(save), "+r"(go)
        :
        : "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a5", "a6", "a7", "s1", "s2", "s3", "s4", "s5", "s6", "s7",
          "s8", "s9", "s10", "s11", "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "ft8", "ft9", "ft10",
          "ft11", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7", "fs0", "fs1", "fs2", "fs3", "fs4", "fs5",
          "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "memory" GREEN_VECTOR_REGISTERS);
    return {.carrier = on, .then = first, .argument = with};
}

/// Pauses the processor for a moment, in a loop that spins.
inline void pause_processor() noexcept { asm volatile(".insn 0x0100000f"); }

}  // namespace green

#undef GREEN_VECTOR_REGISTERS
