// SPDX-License-Identifier: MIT
//
// Joiner: one that waits for the end of a task. Joins: finds the tasks that wait for each other's end in a circle.
//
// A join of a task by the one that spawned it is usual and is not looked at: such joins alone make no circle. Every
// circle has a join of another kind, and those are listed while they last. From each of them the starter goes back,
// from joiner to joiner, until there is none or it is where it began. The list's mutex makes that safe: the task of a
// listed join does not leave it without the mutex, so it does not finish; those that join it wait for that, and so on.
#pragma once

#include "starter.hpp"

#include <green/task.hpp>

#include <weld/native/mutex.hpp>
#include <weld/native/parker.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace green {

/// A task, or a native thread, that waits for the end of another, in its own frame: the list is a stack of these.
struct alignas(16) Task::Joiner {  // the flags are in the bits below
    Task* task;
    Task& ends;
    weld::native::Parker* thread = nullptr;
    std::uintptr_t next = 0;

    // Of `Joins`.
    Joiner* next_listed = nullptr;
    Joiner* previous_listed = nullptr;
    Joiner* toward = nullptr;  // the join of `ends`, by which this one was come to
    std::uint32_t look = 0;    // in which it was come to
    bool was_told = false;

    /// Puts it in the list; false when the task has ended.
    [[nodiscard]] bool enter() noexcept;

    /// The one that joined `task` last; null if there is none.
    [[nodiscard]] static Joiner* last_of(const Task& task) noexcept;
    [[nodiscard]] Joiner* following() const noexcept;
};

class Joins {
public:
    explicit Joins(Starter& starter) noexcept : starter_(starter) {}

    /// A join by another task than the one that spawned it begins, or is over. Any thread.
    void add(Task::Joiner& joiner) noexcept;
    void remove(Task::Joiner& joiner) noexcept;

    /// After any join has entered its list. Any thread.
    void notice() noexcept {
        if (count_.load(std::memory_order_seq_cst) != 0) [[unlikely]] {
            starter_.look_soon();
        }
    }

    /// Names the tasks of each circle on standard error, once. The starter only. False if that has to be tried again.
    [[nodiscard]] bool look() noexcept;

private:
    [[nodiscard]] static bool is_in_circle(Task::Joiner& begin, std::uint32_t look) noexcept;
    static bool tell(Task::Joiner& begin) noexcept;

    Starter& starter_;
    std::atomic<std::size_t> count_{0};
    weld::native::Mutex mutex_;
    Task::Joiner* first_ = nullptr;
};

}  // namespace green
