// SPDX-License-Identifier: MIT
//
// offload: a call on a thread of the runtime's pool, while the task is parked.
//
// It is for calls that block for long, so that the task's worker does not wait for them. An offloaded call runs outside
// the runtime: it may block, and must not call what parks. The pool has up to four threads, or as many as the
// environment variable UV_THREADPOOL_SIZE says. A thread is started when a call finds none free, and ends with the
// runtime. If the system grants fewer threads, calls queue for those that there are.
//
// Deadlock: an offloaded call that waits for another offloaded call never ends if the other has no thread yet. If for a
// second all threads are in calls, none returns and others wait, a line on standard error names the tasks.
#pragma once

#include <green/api.hpp>

#include <weld/run.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace green {

/// Runs `call(argument)` on a thread of the pool. Fails when the pool has no thread and the system grants none. Parks.
[[nodiscard]] GREEN_API weld::Result<void> offload_call(void (*call)(void* argument) noexcept, void* argument) noexcept;

/// Ends the process with a message that names the task whose offloaded call this thread runs: the call left by
/// pthread_exit(3), was cancelled, or threw what is no C++ exception. For the implementation of `offload`.
[[noreturn]] GREEN_API void die_of_offloaded_exit() noexcept;

/// Runs `function()` on a thread of the pool and returns its value, or rethrows what it threw. If `function` returns a
/// Result, its error is the error. Fails also as `offload_call` does. If `function` calls pthread_exit(3), the process
/// ends with a message. Parks.
template <class F>
[[nodiscard]] auto offload(F&& function) -> weld::RunResult<F> {
    struct Call {
        F& function;
        std::exception_ptr failure;
        std::optional<weld::RunResult<F>> result;
    } call{function, nullptr, std::nullopt};
    const auto done = offload_call(
        [](void* raw) noexcept {
            auto& running = *static_cast<Call*>(raw);
            try {
                running.result.emplace(weld::run(std::forward<F>(running.function)));
            } catch (...) {
                running.failure = std::current_exception();
                if (running.failure == nullptr) {
                    die_of_offloaded_exit();
                }
            }
        },
        &call);
    if (!done) {
        return std::unexpected(done.error());
    }
    if (call.failure) {
        std::rethrow_exception(std::move(call.failure));
    }
    return *std::move(call.result);
}

}  // namespace green
