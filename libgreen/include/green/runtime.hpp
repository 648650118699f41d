// SPDX-License-Identifier: MIT
//
// Runtime, run: where green threads run.
//
// `green::run(f)` runs `f` as the first task, the calling thread being one of the carriers, and returns when `f`
// and all tasks that came of it have finished. Nothing of green exists before and after.
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
    /// Workers, 4,096 at most; zero for as many as threads can run at once here.
    std::size_t workers = 0;
    /// Bytes of address space of a task's stack; memory is taken as it is touched.
    std::size_t stack_size = 256 * 1024;
    /// Whether each task has floating-point control words of its own (rounding, traps; on x86 MXCSR and the x87 control
    /// word), those of the thread that began the runtime at first. If not, they belong to the native thread, and a task
    /// that changes them changes them back before it parks.
    bool float_control = false;
    /// Whether a task that overflows its stack is named before the process ends: handles SIGSEGV and SIGBUS, of other
    /// faults those that did it before, until the runtime ends.
    bool overflow_report = false;
    /// Called with the name of a task and what it threw when nobody can join it any more. It must not throw. Without it
    /// such an exception ends the process.
    OnUncaught on_uncaught = nullptr;
    /// How many tasks can keep native threads to themselves, in calls that block or long loops, while others run: so
    /// many threads more than workers there may be, started when they are needed and ended when they are not, but for
    /// one that is kept for the next time, and those whose threads have children (a child's death signal comes when the
    /// thread ends that started it: so it comes no sooner than the runtime ends). They have the signal mask, the
    /// affinity and what else a thread inherits of the one that begins the runtime. At the limit other tasks wait, and
    /// a line on standard error names those that have blocked longest. Zero for none: then nobody watches, and a task
    /// that blocks holds up its worker.
    std::size_t spare_carriers = 256;
    /// Told once of each stretch in which a task kept its thread for `stuck_after` while others waited; of one that
    /// computes, when it has used its processor for so long. That one is sent SIGURG to tell where it is: calls that it
    /// comes to make meanwhile begin again, but for those of which signal(7) says that they never do. Who blocks is
    /// sent nothing. Not told of tasks that nobody watches: a host's, and those on workers of their own.
    OnStuck on_stuck = nullptr;
    std::chrono::nanoseconds stuck_after = std::chrono::milliseconds(10);
};

/// Runs `task`, which was not started, and whatever comes of it in a runtime as `runtime` says.
[[nodiscard]] GREEN_API weld::Result<void> run_task(const Runtime& runtime, Task& task) noexcept;

/// Runs `function()` as the first task of a runtime and gives what it returns, or rethrows what it threw; where
/// that is a Result, its error is the error. An error also when there is not the memory, or not the threads. Not
/// from a task.
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
