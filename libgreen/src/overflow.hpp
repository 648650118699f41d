// SPDX-License-Identifier: MIT
//
// overflow: a task that ran into the guard below its stack is named before the process ends.
#pragma once

#include <cstddef>
#include <span>

namespace green {

/// The calling thread, a carrier, reports overflows for the life of this: it has a stack for signal handlers, and while
/// there is one such thread the process handles SIGSEGV and SIGBUS. Other faults go to who handled them before. Without
/// the memory nothing is reported.
class OverflowStack {
public:
    OverflowStack() noexcept;
    OverflowStack(const OverflowStack&) = delete;
    OverflowStack& operator=(const OverflowStack&) = delete;
    ~OverflowStack();

private:
    std::span<std::byte> stack_;
    std::span<std::byte> before_;
};

}  // namespace green
