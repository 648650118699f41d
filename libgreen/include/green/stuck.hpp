// SPDX-License-Identifier: MIT
//
// Stuck: a report about a task that keeps its native thread, for `Runtime::on_stuck`.
//
// The task's worker moves to another thread, so no other task waits for it. The report is worth reading all the same:
// the task costs a thread. A wait that parks, or `green::blocking` around the call, would be cheaper.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace green {

/// Why a task keeps its thread.
enum class StuckIn : std::uint8_t {
    Call,  ///< it is in a system call that blocks, or in a page fault
    Code,  ///< it computes
};

/// A task that did not park or yield for a while. Valid while `on_stuck` runs.
struct Stuck {
    std::string_view task;              ///< the task's name, cut after 63 bytes
    std::chrono::nanoseconds duration;  ///< at least the time since it last entered or left the runtime
    StuckIn in;
    /// Where the task is: addresses behind calls (return addresses), the innermost first, for addr2line(1) or
    /// backtrace_symbols(3). They are read off its stack, where calls that have returned may have left some too. Empty
    /// if they cannot be had.
    std::span<const void* const> backtrace;
};

/// The type of `Runtime::on_stuck`. The monitor's thread calls it, and watches nothing else meanwhile. So it must not
/// wait for anything that a task may hold, such as a lock, and must not shut the runtime down.
using OnStuck = void (*)(const Stuck& stuck) noexcept;

}  // namespace green
