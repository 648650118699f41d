// SPDX-License-Identifier: MIT
//
// Thread, and what a task does to itself: park, sleep, yield.
//
// What is documented `Parks.` may let other tasks run meanwhile, and may return on another thread, even when it
// did not wait. Outside a task it ends the process with a message; `Thread::unpark` alone may be called from
// anywhere.
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

    /// Bytes of the stack that the task has, had, or will have once it runs.
    [[nodiscard]] GREEN_API std::size_t stack_size() const noexcept;

    /// Bytes of its stack that were in use at most, in whole pages: those of the calling task, or of one that is parked
    /// meanwhile. What a task that had the stack before it used may count too, until an idle runtime has given its
    /// memory back. Zero before the task first runs and after it finished.
    [[nodiscard]] GREEN_API std::size_t stack_high_water() const noexcept;

    /// Leaves the task a token, waking it if it is parked. What happened before is visible to it then. Any
    /// thread of the process may call.
    void unpark() const noexcept { task_->unpark(); }

    /// The thread of `task`.
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

/// Waits for a token and takes it; a token left before makes it return at once. Parks.
GREEN_API void park() noexcept;

/// As `park`, at most until `deadline`; false when no token came. Parks.
[[nodiscard]] GREEN_API weld::Answer<bool> park_until(weld::time::Instant deadline) noexcept;

/// As `park_until`, `wait` from now. Parks.
template <class Rep, class Period>
[[nodiscard]] weld::Answer<bool> park_for(std::chrono::duration<Rep, Period> wait) noexcept {
    return park_until(weld::time::deadline_after(wait));
}

/// Lets other tasks run until `deadline`. Parks.
GREEN_API weld::Result<void> sleep_until(weld::time::Instant deadline) noexcept;

/// Lets other tasks run for `wait`. Parks.
template <class Rep, class Period>
weld::Result<void> sleep(std::chrono::duration<Rep, Period> wait) noexcept {
    return sleep_until(weld::time::deadline_after(wait));
}

/// Lets other tasks run first. Parks.
GREEN_API void yield_now() noexcept;

}  // namespace green::thread
