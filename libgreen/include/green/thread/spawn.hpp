// SPDX-License-Identifier: MIT
//
// spawn, JoinHandle: a task that runs a closure.
//
// `spawn` starts a task in the calling task's runtime. `join` returns what the closure returned, or rethrows what it
// threw. Dropping the handle detaches the task. An exception of a detached task goes to `Runtime::on_uncaught`; without
// that it ends the process with a message that names the task.
#pragma once

#include <green/thread/current.hpp>

#include <weld/thread/handle.hpp>

#include <cassert>
#include <string_view>
#include <utility>

namespace green::thread {

using weld::thread::Handle;
using weld::thread::Returned;

/// Owns the right to join a task that makes a `T`. A handle that was moved from or joined can only be destroyed or
/// assigned to.
template <class T>
class JoinHandle {
public:
    explicit JoinHandle(Handle<Task, T> handle) noexcept : handle_(std::move(handle)) {}

    JoinHandle(JoinHandle&&) noexcept = default;
    JoinHandle& operator=(JoinHandle&& other) noexcept {
        JoinHandle taken(std::move(other));
        std::swap(handle_, taken.handle_);
        return *this;
    }

    /// Detaches the task, if it was not joined.
    ~JoinHandle() {
        if (handle_.get() != nullptr) {
            handle_.get()->abandon();
        }
    }

    /// Waits until the task has finished and returns what its closure returned, or rethrows what it threw. A native
    /// thread outside tasks may call, and blocks. A task that joins itself ends the process. Parks.
    T join() && {
        assert(handle_.get() != nullptr);
        return std::move(handle_).await();
    }
    void join() const& = delete;  // joining consumes: std::move(handle).join(), std::move(*result).join()

    /// Whether the task has finished, so that `join` would not wait.
    [[nodiscard]] bool is_finished() const noexcept { return handle_.get()->is_finished(); }

    [[nodiscard]] Thread thread() const noexcept { return Thread::of(*handle_.get()); }

private:
    Handle<Task, T> handle_;
};

/// Starts a task that runs `function()`. For the implementation of `spawn` and `Scope::spawn`.
template <class F>
[[nodiscard]] auto start(F&& function, const Options& options) -> weld::Result<Handle<Task, Returned<F>>> {
    auto* packet = weld::thread::Packet<Task, std::decay_t<F>>::make(std::forward<F>(function), options.name);
    if (packet == nullptr) {
        return std::unexpected(weld::Error("spawn", weld::Fault::OutOfMemory));
    }
    Handle<Task, Returned<F>> handle(*packet);
    if (const auto started = packet->start(options); !started) {
        return std::unexpected(started.error());
    }
    return handle;
}

/// Starts a task that runs `function()`: after the tasks that are queued already, or at once if `options.run_now`.
/// OutOfMemory when there is no memory for its record or its stack, InvalidInput for a name with a NUL inside.
/// Allocates: one block. Parks if `options.run_now`.
template <class F>
[[nodiscard]] auto spawn(F&& function, const Options& options = {}) -> weld::Result<JoinHandle<Returned<F>>> {
    auto started = thread::start(std::forward<F>(function), options);
    if (!started) {
        return std::unexpected(started.error());
    }
    return JoinHandle<Returned<F>>(*std::move(started));
}

}  // namespace green::thread
