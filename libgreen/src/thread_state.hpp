// SPDX-License-Identifier: MIT
//
// thread_state: what the kernel reports about another thread of this process.
#pragma once

#include <weld/sys/errno.hpp>
#include <weld/sys/linux/sched.hpp>

#include <chrono>
#include <cstdint>

namespace green {

/// The CPU time that `thread` has used. An error when there is no such thread.
[[nodiscard]] weld::sys::Result<std::chrono::nanoseconds> cpu_time_of(weld::sys::ThreadId thread) noexcept;

/// The state of `thread` as in `stat` of proc(5): R running or runnable, S and D blocked, others stopped or gone.
/// An error when there are no file descriptors left, or no /proc.
[[nodiscard]] weld::sys::Result<char> state_of(weld::sys::ThreadId thread) noexcept;

/// The stack pointer at which `thread` blocks, from `syscall` of proc(5); zero while it runs.
[[nodiscard]] weld::sys::Result<std::uintptr_t> blocked_stack_of(weld::sys::ThreadId thread) noexcept;

}  // namespace green
