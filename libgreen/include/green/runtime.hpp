// SPDX-License-Identifier: MIT
//
// Runtime, run: the scheduler that green threads run on, and its options.
//
// `green::run(f)` runs `f` as the first task. The calling thread becomes one of the carriers, the native threads that
// run tasks. The call returns when `f` and all tasks that were spawned, directly or indirectly, have finished. Nothing
// of green exists before and after.
#pragma once

#include <green/stuck.hpp>
#include <green/task.hpp>

#include <weld/run.hpp>
#include <weld/thread/packet.hpp>

#include <chrono>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace green {

/// Options of a runtime.
struct Runtime {
    /// The number of workers, 4,096 at most. Zero means `weld::thread::available_parallelism()`.
    std::size_t workers = 0;
    /// Bytes of address space of a task's stack. A page takes memory when it is first touched.
    std::size_t stack_size = 256 * 1024;
    /// Whether each task has floating-point control words of its own (rounding, traps; on x86 MXCSR and the x87 control
    /// word). They begin as those of the thread that began the runtime. If false, they belong to the native thread, and
    /// a task that changes them has to restore them before it parks.
    bool float_control = false;
    /// Whether a stack overflow is reported with the task's name before the process ends. If true, the runtime handles
    /// SIGSEGV and SIGBUS until it ends; any other fault goes to the handlers that were installed before.
    bool overflow_report = false;
    /// Called with the name of a task and the exception that it threw when nobody can join the task any more. It must
    /// not throw. Without it such an exception ends the process.
    OnUncaught on_uncaught = nullptr;
    /// How many tasks may keep a native thread to themselves, in calls that block or in long loops, while others run.
    /// There may be that many threads more than workers. A spare thread is started when it is needed and ends when it
    /// is idle, with two exceptions: one is kept for the next time, and a thread that has child processes stays, since
    /// a child gets its death signal when the thread that started it ends: so that signal comes no sooner than the
    /// runtime ends. A spare thread inherits signal mask, affinity and the like from the thread that begins the
    /// runtime. At the limit other tasks wait, and a line on standard error names the tasks that have blocked longest.
    /// Zero means none: then no task is watched, and a task that blocks holds up its worker.
    std::size_t spare_carriers = 256;
    /// Called once for each stretch in which a task kept its thread for `stuck_after` while others waited; if it
    /// computes, once it has used its processor for that long. A task that computes is sent SIGURG to find out where it
    /// is; a system call that it enters meanwhile is restarted, unless signal(7) says that it never is. A task that
    /// blocks is sent nothing. Not called for tasks that are not watched: a host's, and those on workers of their own.
    OnStuck on_stuck = nullptr;
    std::chrono::nanoseconds stuck_after = std::chrono::milliseconds(10);
};

/// Runs `task`, which was not started, and all tasks that are spawned from it, in a runtime with the options `runtime`.
[[nodiscard]] GREEN_API weld::Result<void> run_task(const Runtime& runtime, Task& task) noexcept;

/// Runs `function()` as the first task of a runtime and returns its value, or rethrows what it threw. If `function`
/// returns a Result, its error is the error. Fails also when there is not enough memory, or no native thread to be had.
/// A call from a task ends the process.
template <class F>
[[nodiscard]] auto run(const Runtime& runtime, F&& function) -> weld::RunResult<std::decay_t<F>> {
    using Value = std::invoke_result_t<std::decay_t<F>>;
    auto* packet = weld::thread::Packet<Task, std::decay_t<F>>::make(std::forward<F>(function), "main");
    if (packet == nullptr) {
        return std::unexpected(weld::Error("run", weld::Fault::OutOfMemory));
    }
    struct Release {
        Task& task;
        ~Release() { task.release(); }
    } release{*packet};
    if (const auto done = run_task(runtime, *packet); !done) {
        return std::unexpected(done.error());
    }
    if constexpr (std::is_void_v<Value>) {
        packet->await();
        return {};
    } else {
        return packet->await();
    }
}

template <class F>
[[nodiscard]] auto run(F&& function) {
    return run(Runtime{}, std::forward<F>(function));
}

}  // namespace green
