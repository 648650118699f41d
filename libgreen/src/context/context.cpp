// SPDX-License-Identifier: MIT
#include "context.hpp"

namespace green {

// In start.cpp of the CPU.
extern "C" void green_context_start();

// All CPUs leave a stack in the same shape: the resume address, and above it the frame pointer.
Context make_context(void* top, Entry entry, void* argument) noexcept {
    auto** stack = static_cast<void**>(top);
    *--stack = argument;
    *--stack = reinterpret_cast<void*>(entry);
    *--stack = nullptr;
    *--stack = reinterpret_cast<void*>(&green_context_start);
    return {.stack_pointer = static_cast<void*>(stack)};
}

}  // namespace green
