// SPDX-License-Identifier: MIT
//
// The switch for x86-64, System V.
//
// Inline assembly that names the callee-saved registers as clobbered, so the compiler saves what it uses
// of them around it, and that leaves by a jump: a return would miss the return predictor, since the call
// was made on another stack. The address to go on at is a numeric label in the same statement, so a copy
// that the compiler makes of the function has one of its own. `then` and its argument cross over in registers.
#include "../context.hpp"

#include <cstdint>

namespace green {

__attribute__((noinline, no_sanitize("thread", "address"))) void switch_context(Context& from, const Context& to,
                                                                                Then then, void* argument) noexcept {
    Context* save = &from;
    const Context* go = &to;
    // rbp cannot be named as clobbered where it is the frame pointer, so it is a word of the context.
    asm volatile(
        "leaq 1f(%%rip), %%rax\n\t"
        "movq %%rsp, 0(%[save])\n\t"
        "movq %%rax, 8(%[save])\n\t"
        "movq %%rbp, 16(%[save])\n\t"
        "movq 0(%[go]), %%rsp\n\t"
        "movq 16(%[go]), %%rbp\n\t"
        "jmpq *8(%[go])\n"
        "1:\n\t"
        : [save] "+d"(save), [go] "+c"(go), "+S"(then), "+D"(argument)
        :
        : "rax", "rbx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
          "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory");
    then(argument);
}

// The first frame of a context. There is no caller: unwinders are told so and stop here.
asm(R"(
    .text
    .p2align 4
    .hidden green_context_start
    .globl green_context_start
    .type green_context_start, @function
green_context_start:
    .cfi_startproc
    .cfi_undefined rip
    endbr64
    popq %rbx
    popq %r12
    call *%rsi
    movq %r12, %rdi
    call *%rbx
    ud2
    .cfi_endproc
    .size green_context_start, . - green_context_start
)");

extern "C" void green_context_start();

Context make_context(void* top, Entry entry, void* argument) noexcept {
    auto** stack = static_cast<void**>(top);
    *--stack = argument;
    *--stack = reinterpret_cast<void*>(entry);
    return {.stack_pointer = static_cast<void*>(stack),
            .program_counter = reinterpret_cast<void*>(&green_context_start)};
}

}  // namespace green
