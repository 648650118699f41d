// SPDX-License-Identifier: MIT
//
// start: the first frame of a context, left to by the switch: rax is the carrier, rsi and rdi are `then` and its
// argument.
//
// There is no caller: unwinders are told so and stop here. The task's entry never returns, so it is reached by a jump:
// a call would leave the processor's return stack one entry too deep, and every return after the switch back would be
// mispredicted.

#include "../context.hpp"

#include <cstdint>

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
    movq %rax, %r13
    testq %rsi, %rsi
    je 1f
    movq %rsi, %rcx
    movq %rax, %rsi
    call *%rcx
1:
    movq %r12, %rdi
    movq %r13, %rsi
    leaq 2f(%rip), %rax
    pushq %rax
    jmpq *%rbx
    nop
2:
    ud2
    .cfi_endproc
    .size green_context_start, . - green_context_start
)");

namespace green {

// RDSSP reads the shadow stack pointer, and does nothing where there is no shadow stack. (Intel SDM 1, 17.)
bool has_shadow_stack() noexcept {
    std::uint64_t pointer = 0;  // NOLINT(misc-const-correctness): the instruction writes it
    asm volatile("rdsspq %0" : "+r"(pointer));
    return pointer != 0;
}

}  // namespace green
