// SPDX-License-Identifier: MIT
//
// Stuck: a task that keeps its native thread, which `Runtime::on_stuck` is told of.
//
// Its worker goes on elsewhere, so no other task waits for it. Still it is worth knowing of: it takes a thread, and
// what blocks it could be waited for by parking, or be said by `green::blocking`.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace green {

/// What keeps a task on its thread.
enum class StuckIn : std::uint8_t {
    Call,  ///< a system call that blocks, or a page fault
    Code,  ///< code that computes
};

/// A task that did not park or yield for a while. Valid while `on_stuck` runs.
struct Stuck {
    std::string_view task;              ///< its name, at most 63 bytes of it
    std::chrono::nanoseconds duration;  ///< since it last went into or came out of the runtime, at least
    StuckIn in;
    /// Where it is: addresses behind calls, the innermost first, for addr2line(1) or backtrace_symbols(3). They are
    /// read off its stack, where calls that have returned may have left some too. Empty where they cannot be had.
    std::span<const void* const> backtrace;
};

/// What `Runtime::on_stuck` is. Called by the thread that watches, which sees nothing else meanwhile: it must not wait
/// for what a task may hold, such as a lock, nor shut the runtime down.
using OnStuck = void (*)(const Stuck& stuck) noexcept;

}  // namespace green
