// SPDX-License-Identifier: MIT
//
// Context: where a stack goes on, and the switch between two of them.
//
// One implementation a CPU, in `context/<cpu>/context.cpp`. Only callee-saved registers are kept: a
// switch is a call, and the compiler has put everything else away. Floating-point control words are
// not switched: they belong to the thread.
#pragma once

namespace green {

/// What a context that was just switched to does before anything else, for the one that was left.
using Then = void (*)(void* argument) noexcept;

/// What a new context runs; it never returns.
using Entry = void (*)(void* argument) noexcept;

/// A place to go on at: three words, valid while nobody runs there.
struct Context {
    void* stack_pointer = nullptr;
    void* program_counter = nullptr;
    void* frame_pointer = nullptr;
};

/// A context that runs `entry(argument)` on the stack that ends below `top`, which is a multiple of 16.
[[nodiscard]] Context make_context(void* top, Entry entry, void* argument) noexcept;

/// Keeps the caller's place in `from` and goes on at `to`, where `then(argument)` is called first. Returns
/// when somebody switches to `from`, perhaps on another thread.
void switch_context(Context& from, const Context& to, Then then, void* argument) noexcept;

}  // namespace green
