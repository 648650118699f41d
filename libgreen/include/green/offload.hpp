// SPDX-License-Identifier: MIT
//
// offload: a call on a thread of libuv's pool, while the task is parked.
//
// For calls that block for long and that the task's worker should not wait for. What is called runs outside the
// runtime: it may block, and may not call what parks. The pool belongs to the process and has four threads, or as
// many as UV_THREADPOOL_SIZE says.
#pragma once

#include <green/api.hpp>

#include <weld/run.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace green {

/// Runs `call(argument)` in the pool. An error when the system has not what a loop needs. Parks.
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
