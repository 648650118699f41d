// SPDX-License-Identifier: MIT
//
// thread: green threads, with the names of weld::thread.
//
// `spawn` starts a task of the runtime that the calling task belongs to. What is documented `Parks.` may let
// other tasks run meanwhile, and may return on another thread, even when it did not wait. Outside a task it
// ends the process with a message; `Thread::unpark` alone may be called from anywhere.
#pragma once

#include <green/task.hpp>

#include <weld/error.hpp>
#include <weld/thread/packet.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace green::thread {

/// Options of a new task.
struct Options {
    /// Seen in messages and by debuggers.
    std::string_view name{};
};

/// Tells tasks apart. Never given twice in a process.
enum class ThreadId : std::uint64_t {};

/// A task, for asking who it is and for waking it. Copies are cheap and outlive the task.
class Thread {
public:
    Thread(const Thread& other) noexcept : task_(other.task_) { task_->acquire(); }
    Thread& operator=(const Thread& other) noexcept {
        Thread copy(other);
        std::swap(task_, copy.task_);
        return *this;
    }
    ~Thread() { task_->release(); }

    [[nodiscard]] ThreadId id() const noexcept { return static_cast<ThreadId>(task_->id()); }

    /// The name, valid as long as this Thread; empty when it has none.
    [[nodiscard]] std::string_view name() const noexcept { return task_->name(); }

    /// Leaves the task a token, waking it if it is parked. What happened before is visible to it then. Any
    /// thread of the process may call.
    void unpark() const noexcept { task_->unpark(); }

    /// Takes over one reference to `task`.
    [[nodiscard]] static Thread adopt(Task& task) noexcept { return Thread(task); }

private:
    explicit Thread(Task& task) noexcept : task_(&task) {}

    Task* task_;
};

/// The calling task.
[[nodiscard]] GREEN_API Thread current() noexcept;

/// Waits for a token and takes it; a token left before makes it return at once. Parks.
GREEN_API void park() noexcept;

/// As `park`, at most until `deadline`; false when no token came. Parks.
[[nodiscard]] GREEN_API weld::Result<bool> park_until(weld::time::Instant deadline) noexcept;

/// As `park_until`, `wait` from now. Parks.
template <class Rep, class Period>
[[nodiscard]] weld::Result<bool> park_for(std::chrono::duration<Rep, Period> wait) noexcept {
    return park_until(weld::time::deadline_after(wait));
}

/// Lets other tasks run until `deadline`. Parks.
[[nodiscard]] GREEN_API weld::Result<void> sleep_until(weld::time::Instant deadline) noexcept;

/// Lets other tasks run for `wait`. Parks.
template <class Rep, class Period>
[[nodiscard]] weld::Result<void> sleep(std::chrono::duration<Rep, Period> wait) noexcept {
    return sleep_until(weld::time::deadline_after(wait));
}

/// Lets other tasks run first. Parks.
GREEN_API void yield_now() noexcept;

/// A task that makes a `T`, to be joined or dropped. From the task that joins at most one call at a time.
template <class T>
class JoinHandle {
public:
    /// Takes over one reference to `task`, which was started.
    explicit JoinHandle(weld::thread::Outcome<Task, T>& task) noexcept : task_(&task) {}

    JoinHandle(JoinHandle&& other) noexcept : task_(std::exchange(other.task_, nullptr)) {}
    JoinHandle& operator=(JoinHandle&& other) noexcept {
        JoinHandle old(std::move(*this));
        task_ = std::exchange(other.task_, nullptr);
        return *this;
    }
    JoinHandle(const JoinHandle&) = delete;
    JoinHandle& operator=(const JoinHandle&) = delete;

    /// Detaches.
    ~JoinHandle() {
        if (task_ != nullptr) {
            task_->abandon();
            task_->disown();
            task_->release();
        }
    }

    /// Waits until the task has finished and gives what its closure returned, or rethrows what it threw. Parks.
    T join() && {
        struct Release {
            Task& task;
            ~Release() { task.release(); }
        } release{*task_};
        return std::exchange(task_, nullptr)->await();
    }

    /// Whether the closure has ended, so that `join` would not wait.
    [[nodiscard]] bool is_finished() const noexcept { return task_->is_finished(); }

    [[nodiscard]] Thread thread() const noexcept {
        task_->acquire();
        return Thread::adopt(*task_);
    }

private:
    weld::thread::Outcome<Task, T>* task_;
};

/// Starts a task that runs `function()` after what is queued already. OutOfMemory when there is no memory for
/// its record or its stack. Allocates: one block.
template <class F>
[[nodiscard]] auto spawn(F&& function, const Options& options = {})
    -> weld::Result<JoinHandle<std::invoke_result_t<std::decay_t<F>>>> {
    auto* packet = weld::thread::Packet<Task, std::decay_t<F>>::make(std::forward<F>(function), options.name);
    if (packet == nullptr) {
        return std::unexpected(weld::Error("spawn", weld::Fault::OutOfMemory));
    }
    if (const auto started = packet->start(); !started) {
        packet->release();
        return std::unexpected(started.error());
    }
    return JoinHandle<std::invoke_result_t<std::decay_t<F>>>(*packet);
}

}  // namespace green::thread
