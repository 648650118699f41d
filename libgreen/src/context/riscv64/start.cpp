// SPDX-License-Identifier: MIT
//
// start: the first frame of a context, to which the switch jumps: a0 is the carrier, a1 and a2 are `then` and its
// argument.
//
// There is no caller: unwinders are told so and stop here. The task's entry never returns, so it is reached by a jump:
// a call would leave the processor's return stack one entry too deep, and every return after the switch back would be
// mispredicted.

#include "../context.hpp"

#include <weld/sys/linux/prctl.hpp>

asm(R"(
    .text
    .p2align 2
    .hidden green_context_start
    .globl green_context_start
    .type green_context_start, @function
green_context_start:
    .cfi_startproc
    .cfi_undefined ra
    ld s1, 0(sp)
    ld s2, 8(sp)
    addi sp, sp, 16
    mv s3, a0
    beqz a1, 1f
    mv t1, a1
    mv a0, a2
    mv a1, s3
    jalr t1
1:
    mv a0, s2
    mv a1, s3
    lla ra, 2f
    jr s1
    nop
2:
    ebreak
    .cfi_endproc
    .size green_context_start, . - green_context_start
)");

namespace green {

// Not every processor has an instruction that reads the shadow stack pointer. So this asks the kernel.
bool has_shadow_stack() noexcept { return weld::sys::prctl_get_shadow_stack_status().value_or(0) != 0; }

}  // namespace green
