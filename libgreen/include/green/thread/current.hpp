// SPDX-License-Identifier: MIT
//
// Thread, park, sleep, yield_now: the calling task, and its waits.
//
// A function that is documented `Parks.` may let other tasks run meanwhile, and may return on another native thread,
// even when it did not wait. Outside a task it ends the process with a message. Only `Thread::unpark` may be called
// from anywhere.
#pragma once

#include <green/task.hpp>

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace green::thread {

/// Identifies a task. No two tasks of a process ever have the same one.
enum class ThreadId : std::uint64_t {};

/// A reference to a task, to identify and to wake it. Copies are cheap and may outlive the task.
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

    /// The name, valid as long as this Thread; empty when the task has none.
    [[nodiscard]] std::string_view name() const noexcept { return task_->name(); }

    /// The size in bytes of the stack that the task has, had, or will have once it runs.
    [[nodiscard]] GREEN_API std::size_t stack_size() const noexcept;

    /// The most bytes of its stack that were in use at once, in whole pages. Only for the calling task, or for a task
    /// that stays parked during the call. Pages that an earlier task touched on the same stack may count too, until an
    /// idle runtime has given the stack's memory back. Zero before the task first runs and after it finished.
    [[nodiscard]] GREEN_API std::size_t stack_high_water() const noexcept;

    /// Stores a token for the task, and wakes it if it is parked. Writes before `unpark` are visible to the task once
    /// it has taken the token. Any thread of the process may call.
    void unpark() const noexcept { task_->unpark(); }

    /// A Thread that refers to `task`.
    [[nodiscard]] static Thread of(Task& task) noexcept {
        task.acquire();
        return Thread(task);
    }

    /// Takes over one reference to `task`.
    [[nodiscard]] static Thread adopt(Task& task) noexcept { return Thread(task); }

private:
    explicit Thread(Task& task) noexcept : task_(&task) {}

    Task* task_;
};

/// The calling task.
[[nodiscard]] GREEN_API Thread current() noexcept;

/// Waits for a token and takes it; returns at once if a token was stored before. Parks.
GREEN_API void park() noexcept;

/// As `park`, but at most until `deadline`; false when no token came. Parks.
[[nodiscard]] GREEN_API weld::Answer<bool> park_until(weld::time::Instant deadline) noexcept;

/// As `park_until`, with the deadline `wait` from now. Parks.
template <class Rep, class Period>
[[nodiscard]] weld::Answer<bool> park_for(std::chrono::duration<Rep, Period> wait) noexcept {
    return park_until(weld::time::deadline_after(wait));
}

/// Suspends the calling task until `deadline`; other tasks run meanwhile. Parks.
GREEN_API weld::Result<void> sleep_until(weld::time::Instant deadline) noexcept;

/// Suspends the calling task for `wait`; other tasks run meanwhile. Parks.
template <class Rep, class Period>
weld::Result<void> sleep(std::chrono::duration<Rep, Period> wait) noexcept {
    return sleep_until(weld::time::deadline_after(wait));
}

/// Puts the calling task at the end of its queue, so that other tasks run first. Parks.
GREEN_API void yield_now() noexcept;

}  // namespace green::thread
