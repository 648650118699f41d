// SPDX-License-Identifier: MIT
//
// offload: a call on a thread of the runtime's pool, while the task is parked.
//
// For calls that block for long and that the task's worker should not wait for. What is called runs outside the
// runtime: it may block, and may not call what parks. The pool has up to four threads, or as many as the environment's
// UV_THREADPOOL_SIZE says; each is started when a call finds none free, and ends with the runtime. Where the system has
// fewer, calls wait for those. A call that waits for another which has no thread yet never ends: when for a second all
// threads are in calls and others wait, a line on standard error says so, with the names of tasks.
#pragma once

#include <green/api.hpp>

#include <weld/run.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace green {

/// Runs `call(argument)` in the pool. An error when the pool has no thread and the system
/// has none to give. Parks.
[[nodiscard]] GREEN_API weld::Result<void> offload_call(void (*call)(void* argument) noexcept, void* argument) noexcept;

/// Runs `function()` in the pool and gives what it returns, or rethrows what it threw; where that is a Result, its
/// error is the error. Parks.
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
