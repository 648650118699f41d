// SPDX-License-Identifier: MIT
//
// asm_floor: the switch race at its floor: two contexts on one thread, and inline assembly between them.
//
// The shortest switch that is correct for the System V ABI on x86-64: it exchanges stack pointer, instruction pointer
// and frame pointer. All other callee-saved registers are named as clobbered, so the compiler saves those that it
// needs, which here are nearly none. It is inlined at both of its places and leaves by a jump whose target does not
// change. It passes no work for the arrival, and it cannot switch to any third context. A library cannot be faster than
// this.

#include "work.h"

struct place {
    void* stack_pointer;
    void* program_counter;
    void* frame_pointer;
};

static struct place first, second;
static unsigned char stack[16384] __attribute__((aligned(16)));

__attribute__((always_inline)) static inline void floor_switch(struct place* from, struct place* to) {
    // rbp cannot be named as clobbered where it is the frame pointer, so it is exchanged.
    __asm__ volatile(
        "leaq 1f(%%rip), %%rax\n\t"
        "movq %%rsp, 0(%[from])\n\t"
        "movq %%rax, 8(%[from])\n\t"
        "movq %%rbp, 16(%[from])\n\t"
        "movq 0(%[to]), %%rsp\n\t"
        "movq 16(%[to]), %%rbp\n\t"
        "jmpq *8(%[to])\n"
        "1:\n\t"
        : [from] "+d"(from), [to] "+c"(to)
        :
        : "rax", "rbx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1", "xmm2",
          "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
          "cc", "memory");
}

/// The endless loop of the second context.
static void answer(void) {
    for (;;) {
        floor_switch(&second, &first);
    }
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    // As a call leaves it: at the first instruction of a function the stack pointer is 8 off a multiple of 16.
    second.stack_pointer = stack + sizeof stack - 8;
    second.program_counter = (void*)(uintptr_t)answer;

    const uint64_t start = contender_now();
    for (uint64_t done = 0; done < work.ops; done += 2) {
        floor_switch(&first, &second);
    }
    const uint64_t ns = contender_now() - start;

    work_print((work.ops + 1) / 2 * 2, ns);
    return 0;
}
