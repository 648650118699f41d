// SPDX-License-Identifier: MIT
//
// overflow: a task that ran into the guard below its stack is named before the process ends.
#pragma once

#include <cstddef>
#include <span>

namespace green {

/// The calling thread has a stack for signal handlers for the life of this, if there is the memory.
class SignalStack {
public:
    SignalStack() noexcept;
    SignalStack(const SignalStack&) = delete;
    SignalStack& operator=(const SignalStack&) = delete;
    ~SignalStack();

    [[nodiscard]] bool is_there() const noexcept { return !stack_.empty(); }

private:
    std::span<std::byte> stack_;
    std::span<std::byte> before_;
};

/// The calling thread, a carrier with a SignalStack, reports overflows for the life of this: while there is one such
/// thread the process handles SIGSEGV and SIGBUS. Other faults go to who handled them before.
class OverflowWatch {
public:
    OverflowWatch() noexcept;
    OverflowWatch(const OverflowWatch&) = delete;
    OverflowWatch& operator=(const OverflowWatch&) = delete;
    ~OverflowWatch();
};

}  // namespace green
