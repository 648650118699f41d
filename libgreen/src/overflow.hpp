// SPDX-License-Identifier: MIT
//
// overflow: names a task that overflowed its stack into the guard, before the process ends.
#pragma once

#include <cstddef>
#include <span>

namespace green {

/// Gives the calling thread an alternate signal stack for the life of this object, if there is the memory.
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

/// Reports stack overflows on the calling thread, a carrier with a SignalStack, for the life of this object: while
/// there is one such thread, the process handles SIGSEGV and SIGBUS. Other faults go to the previous handler.
class OverflowWatch {
public:
    OverflowWatch() noexcept;
    OverflowWatch(const OverflowWatch&) = delete;
    OverflowWatch& operator=(const OverflowWatch&) = delete;
    ~OverflowWatch();
};

}  // namespace green
