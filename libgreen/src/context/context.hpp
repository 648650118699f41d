// SPDX-License-Identifier: MIT
//
// Context: the saved place at which a stack resumes, and the switch between two of them.
//
// One implementation a CPU, in `context/<cpu>/`, of this shape:
//
//     exchange(from, to, carrier, then, argument)         inline, in switch.hpp: the switch itself
//     pause_processor()                                   with it, for a thread that spins
//     has_shadow_stack()                                  in start.cpp, with the first frame of a context
//
// Only callee-saved registers are kept: the switch names them as clobbered, so the compiler saves the ones that it
// needs, and none where it needs none. The switch pushes two words, the resume address and the frame pointer, on the
// stack that it leaves, so a context is the stack pointer alone. It leaves by a jump and is inlined where it is used:
// a return would go where the processor does not predict it.
//
// Two things cross over, in registers: the carrier, so that the resumed task knows its thread without reading a
// thread-local; and `then`, the function to call first for the context that was left.
#pragma once

namespace green {

struct Carrier;

/// The function that a context calls right after a switch to it, for the context that was left.
using Then = void (*)(void* argument, Carrier& carrier) noexcept;

/// The function that a new context runs; it never returns.
using Entry = void (*)(void* argument, Carrier& carrier) noexcept;

/// A place at which to resume; valid while no thread runs there.
struct Context {
    void* stack_pointer = nullptr;
};

/// The values that cross over.
struct Arrival {
    Carrier* carrier;
    Then then;
    void* argument;
};

/// A context that runs `entry(argument, carrier)` on the stack that ends below `top`, which is a multiple of 16.
[[nodiscard]] Context make_context(void* top, Entry entry, void* argument) noexcept;

/// Whether the processor checks the calling thread's returns against a shadow stack (CET, GCS, Zicfiss). A switch
/// does not switch that stack, and the first return after it would end the process.
[[nodiscard]] bool has_shadow_stack() noexcept;

}  // namespace green

// Not instrumented and, in a sanitizer's build, not called from instrumented code: the switch is inside a function.
#define GREEN_UNINSTRUMENTED __attribute__((no_sanitize("address", "thread", "undefined")))

// A function with a switch in it is neither inlined into its callers nor analysed by them. The switch names the
// registers for which this source is compiled; link-time optimisation may bring a caller that is compiled for more, and
// it would keep values in them across the call.
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

/// Saves the caller's place in `from` and resumes `to`, where `then(argument, carrier)` is called first if there is
/// a `then`. Returns when a thread switches to `from`, perhaps another thread: the carrier there.
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
