// SPDX-License-Identifier: MIT
//
// Context: where a stack goes on, and the switch between two of them.
//
// One implementation a CPU, in `context/<cpu>/`, of this shape:
//
//     exchange(from, to, carrier, then, argument)         inline, in switch.hpp: the switch itself
//     pause_processor()                                   beside it, for who waits for another processor
//     has_shadow_stack()                                  in start.cpp, with the first frame of a context
//
// Only callee-saved registers are kept: the switch names them as clobbered, so the compiler keeps what it needs of
// them, and nothing where it needs none. Two words, where to go on and the frame pointer, are pushed on the stack that
// is left, so a context is the stack pointer alone. The switch leaves by a jump and is inlined where it is used:
// a return would go where the processor does not expect it.
//
// What crosses over, in registers: the carrier, so that who goes on knows on which thread without asking a
// thread-local; and what is to be done first of all for the context that was left.
#pragma once

namespace green {

struct Carrier;

/// What a context that was just switched to does before anything else, for the one that was left.
using Then = void (*)(void* argument, Carrier& carrier) noexcept;

/// What a new context runs; it never returns.
using Entry = void (*)(void* argument, Carrier& carrier) noexcept;

/// A place to go on at, valid while nobody runs there.
struct Context {
    void* stack_pointer = nullptr;
};

/// What crosses over.
struct Arrival {
    Carrier* carrier;
    Then then;
    void* argument;
};

/// A context that runs `entry(argument, carrier)` on the stack that ends below `top`, which is a multiple of 16.
[[nodiscard]] Context make_context(void* top, Entry entry, void* argument) noexcept;

/// Whether the processor checks the calling thread's returns against a second stack (CET, GCS, Zicfiss). A switch
/// leaves that one where it is, and the first return after it would end the process.
[[nodiscard]] bool has_shadow_stack() noexcept;

}  // namespace green

// Neither instrumented nor, in a sanitizer's build, called from what is: the switch is in the middle of a function.
#define GREEN_UNINSTRUMENTED __attribute__((no_sanitize("address", "thread", "undefined")))

// A function with a switch in it is neither inlined nor looked into by its callers. The switch names the registers that
// this source is compiled for; a caller that link-time optimisation brings may be compiled for more, and would keep
// values in them across the call.
#if defined(__clang__)
#define GREEN_SWITCHES GREEN_UNINSTRUMENTED __attribute__((noinline))
#else
#define GREEN_SWITCHES GREEN_UNINSTRUMENTED __attribute__((noipa))
#endif

#if defined(__x86_64__)
#include "x86_64/switch.hpp"  // IWYU pragma: export
#elif defined(__aarch64__)
#include "aarch64/switch.hpp"  // IWYU pragma: export
#elif defined(__riscv) && __riscv_xlen == 64
#include "riscv64/switch.hpp"  // IWYU pragma: export
#else
#error "green has no switch for this CPU: it needs a folder of src/context"
#endif

namespace green {

/// Keeps the caller's place in `from` and goes on at `to`, where `then(argument, carrier)` is called first if there is
/// a `then`. Returns when somebody switches to `from`, perhaps on another thread: the carrier there.
[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Carrier& switch_context(Context& from, const Context& to,
                                                                           Carrier& carrier, Then then,
                                                                           void* argument) noexcept {
    const Arrival arrival = exchange(from, to, carrier, then, argument);
    if (arrival.then != nullptr) {
        arrival.then(arrival.argument, *arrival.carrier);
    }
    return *arrival.carrier;
}

}  // namespace green
