// SPDX-License-Identifier: MIT
//
// spawn, JoinHandle: a thread of the operating system that runs a closure.
//
// `join` returns what the closure returned, or rethrows what it threw. Dropping the handle detaches the thread. An
// exception of a detached thread ends the process with a message that names the thread.
#pragma once

#include <weld/thread/current.hpp>
#include <weld/thread/handle.hpp>
#include <weld/thread/record.hpp>

#include <cassert>
#include <utility>

namespace weld::thread {

/// The handle of a thread that returns a `T`, to be joined or dropped. A handle that was moved from or joined can only
/// be destroyed or assigned to.
template <class T>
class JoinHandle {
public:
    explicit JoinHandle(Handle<Record, T> handle) noexcept : handle_(std::move(handle)) {}

    JoinHandle(JoinHandle&&) noexcept = default;
    JoinHandle& operator=(JoinHandle&& other) noexcept {
        JoinHandle taken(std::move(other));
        std::swap(handle_, taken.handle_);
        return *this;
    }

    /// Detaches.
    ~JoinHandle() {
        if (handle_.get() != nullptr) {
            handle_.get()->abandon();
        }
    }

    /// Waits until the thread has ended and its thread-locals are destroyed; then returns what the closure returned, or
    /// rethrows what it threw. A thread that joins itself, or whose closure called pthread_exit, ends the process.
    T join() && {
        assert(handle_.get() != nullptr);
        return std::move(handle_).await();
    }
    void join() const& = delete;  // joining consumes: std::move(handle).join(), std::move(*result).join()

    /// Whether the closure has ended, so that `join` would hardly wait.
    [[nodiscard]] bool is_finished() const noexcept { return handle_.get()->is_finished(); }

    [[nodiscard]] Thread thread() const noexcept { return Thread::of(*handle_.get()); }

    /// The system's handle of the thread, for calls that weld lacks. Do not join or detach the thread by it. Valid as
    /// long as this handle is.
    [[nodiscard]] native::ThreadHandle as_handle() const noexcept { return handle_.get()->as_handle(); }

private:
    Handle<Record, T> handle_;
};

/// Starts a thread that runs `function()`, for `spawn` and `Scope::spawn`.
template <class F>
[[nodiscard]] auto start(F&& function) -> Result<Handle<Record, Returned<F>>> {
    auto* packet = Packet<Record, std::decay_t<F>>::make(std::forward<F>(function), {});
    if (packet == nullptr) [[unlikely]] {
        return std::unexpected(Error("spawn", Fault::OutOfMemory));
    }
    Handle<Record, Returned<F>> handle(*packet);
    if (const auto started = packet->start(); !started) [[unlikely]] {
        return std::unexpected(Error("spawn", started.error()));
    }
    return handle;
}

/// The same with options.
template <class F>
[[nodiscard]] auto start(F&& function, const Options& options) -> Result<Handle<Record, Returned<F>>> {
    auto* packet = Packet<Record, std::decay_t<F>>::make(std::forward<F>(function), options.name);
    if (packet == nullptr) {
        return std::unexpected(Error("spawn", Fault::OutOfMemory));
    }
    Handle<Record, Returned<F>> handle(*packet);
    if (const auto started = packet->start(options); !started) {
        return std::unexpected(started.error());
    }
    return handle;
}

/// Starts a thread that runs `function()`. WouldBlock (EAGAIN) when the system has no room for a thread; then the
/// closure is destroyed without having run. Allocates: one block, if the closure is large or many threads are alive.
template <class F>
[[nodiscard]] auto spawn(F&& function) -> Result<JoinHandle<Returned<F>>> {
    auto started = thread::start(std::forward<F>(function));
    if (!started) [[unlikely]] {
        return std::unexpected(started.error());
    }
    return JoinHandle<Returned<F>>(*std::move(started));
}

/// The same with options. InvalidInput for a name with a NUL inside or a CPU that does not exist, PermissionDenied for
/// a priority that needs a privilege.
template <class F>
[[nodiscard]] auto spawn(F&& function, const Options& options) -> Result<JoinHandle<Returned<F>>> {
    auto started = thread::start(std::forward<F>(function), options);
    if (!started) {
        return std::unexpected(started.error());
    }
    return JoinHandle<Returned<F>>(*std::move(started));
}

}  // namespace weld::thread
