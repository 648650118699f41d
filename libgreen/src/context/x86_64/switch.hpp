// SPDX-License-Identifier: MIT
//
// The switch for x86-64, System V. For context.hpp.
#pragma once

// Where the compiler may use AVX-512 or APX, their registers may be live across the switch too.
#if defined(__AVX512F__)
#define GREEN_AVX512_REGISTERS                                                                                    \
    , "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", \
        "xmm28", "xmm29", "xmm30", "xmm31", "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"
#else
#define GREEN_AVX512_REGISTERS
#endif
#if defined(__APX_F__)
#define GREEN_APX_REGISTERS \
    , "r16", "r17", "r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26", "r27", "r28", "r29", "r30", "r31"
#else
#define GREEN_APX_REGISTERS
#endif

namespace green {

/// Saves the present context in `from` and switches to `to`. Returns when a thread switches back to `from`, with the
/// carrier, `then` and argument of that switch.
[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Arrival exchange(Context& from, const Context& to, Carrier& carrier,
                                                                    Then then, void* argument) noexcept {
    void** save = &from.stack_pointer;
    void* const* go = &to.stack_pointer;
    Carrier* on = &carrier;
    // rbp cannot be named as clobbered where it is the frame pointer. The caller has no red zone: it calls `then`, or
    // is compiled with -mno-red-zone.
    asm volatile(
        "leaq 1f(%%rip), %%rbx\n\t"
        "pushq %%rbp\n\t"
        "pushq %%rbx\n\t"
        "movq %%rsp, (%[save])\n\t"
        "movq (%[go]), %%rsp\n\t"
        "popq %%rbx\n\t"
        "popq %%rbp\n\t"
        "notrack jmpq *%%rbx\n"
        "1:\n\t"
        : [save] "+d"(save), [go] "+c"(go), [on] "+a"(on), "+S"(then), "+D"(argument)
        :
        : "rbx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
          "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "st", "st(1)", "st(2)",
          "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", "cc", "memory" GREEN_AVX512_REGISTERS GREEN_APX_REGISTERS);
    return {.carrier = on, .then = then, .argument = argument};
}

/// Pauses the processor for a moment, in a loop that spins.
inline void pause_processor() noexcept { asm volatile("pause"); }

}  // namespace green

#undef GREEN_AVX512_REGISTERS
#undef GREEN_APX_REGISTERS
