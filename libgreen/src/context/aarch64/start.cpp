// SPDX-License-Identifier: MIT
//
// start: the first frame of a context, to which the switch jumps: x0 is the carrier, x1 and x2 are `then` and its
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
    .cfi_undefined x30
    hint #36
    ldp x19, x20, [sp], #16
    mov x21, x0
    cbz x1, 1f
    mov x9, x1
    mov x0, x2
    mov x1, x21
    blr x9
1:
    mov x0, x20
    mov x1, x21
    adr x30, 2f
    mov x16, x19
    br x16
    nop
2:
    brk #1
    .cfi_endproc
    .size green_context_start, . - green_context_start
)");

namespace green {

// CHKFEAT, a hint, clears bit 0 where the guarded control stack is on. (Arm ARM C6.2.)
bool has_shadow_stack() noexcept {
    register std::uint64_t features asm("x16") = 1;
    asm volatile("hint #40" : "+r"(features));
    return features == 0;
}

}  // namespace green
