// SPDX-License-Identifier: MIT
//
// Joiner: a waiter for the end of a task. Joins: finds the tasks that join each other in a circle (a deadlock).
//
// A join of a task by the one that spawned it is usual and is not checked: such joins alone make no circle. Every
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

/// A task, or a native thread, that waits for the end of another task. In the frame of the waiter: the list is a stack.
struct alignas(16) Task::Joiner {  // the flags of the end word are in the low bits of the address
    Task* task;
    Task& ends;
    weld::native::Parker* thread = nullptr;
    std::uintptr_t next = 0;

    // For `Joins`.
    Joiner* next_listed = nullptr;
    Joiner* previous_listed = nullptr;
    Joiner* toward = nullptr;  // the join of `ends`, from which this one was reached
    std::uint32_t look = 0;    // the search in which it was reached
    bool was_told = false;

    /// Enters the list; false when the task has ended.
    [[nodiscard]] bool enter() noexcept;

    /// The last joiner of `task`; null if there is none.
    [[nodiscard]] static Joiner* last_of(const Task& task) noexcept;
    [[nodiscard]] Joiner* following() const noexcept;
};

class Joins {
public:
    explicit Joins(Starter& starter) noexcept : starter_(starter) {}

    /// Lists or unlists a join by a task other than the one that spawned the joined task. Any thread.
    void add(Task::Joiner& joiner) noexcept;
    void remove(Task::Joiner& joiner) noexcept;

    /// Makes the starter search for circles soon, if joins are listed. To be called after any join has entered its
    /// list. Any thread.
    void notice() noexcept {
        if (count_.load(std::memory_order_seq_cst) != 0) [[unlikely]] {
            starter_.look_soon();
        }
    }

    /// Names the tasks of each circle on standard error, once. The starter only. False if it has to be tried again.
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
