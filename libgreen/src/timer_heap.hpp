// SPDX-License-Identifier: MIT
//
// TimerHeap: a worker's deadlines.
//
// A pairing heap through the timers themselves, which are in the frames of the tasks that wait: nothing is
// allocated, so a deadline cannot fail. It is under a mutex, so that a task which was woken early can take
// its timer out from whatever worker it is on now. What a timer does when it is due happens under that
// mutex: after `remove` returned, nobody looks at the timer any more.
#pragma once

#include "loop.hpp"

#include <green/api.hpp>

#include <weld/native/mutex.hpp>

#include <atomic>

namespace green {

class Task;

struct Timer {
    /// The task to schedule now that the deadline has come, or null when something else woke it. It may come early,
    /// when a worker is removed: whoever waits looks at the clock, and waits again.
    using Due = Task* (*)(Timer& self) noexcept;

    Instant deadline;
    Due due;
    Task* task;

    // Of the heap. `before` is the parent for a first child, else the sibling before.
    Timer* child = nullptr;
    Timer* sibling = nullptr;
    Timer* before = nullptr;
    bool is_in = false;
};

class TimerHeap {
public:
    /// Puts `timer` in; it stays where it is until it was due or removed.
    GREEN_API void insert(Timer& timer) noexcept;

    /// Takes `timer` out if it is still in.
    GREEN_API void remove(Timer& timer) noexcept;

    /// The first deadline, or the last instant there is. Its own insertions the holder sees at once; a removal by
    /// another thread perhaps late, which costs a look in vain.
    [[nodiscard]] Instant first() const noexcept { return earliest_.load(std::memory_order_relaxed); }

    /// Takes out one timer whose deadline is not after `now`, if there is one, and hands its task to `schedule`
    /// if it has one to wake. False when none was due.
    template <class Schedule>
    bool take_due(Instant now, Schedule schedule) noexcept {
        Task* task = nullptr;
        if (!take_due_task(now, task)) {
            return false;
        }
        if (task != nullptr) {
            schedule(task);
        }
        return true;
    }

    /// Takes out all timers, as if they were due.
    template <class Schedule>
    void end_all(Schedule schedule) noexcept {
        while (take_due(Instant::max(), schedule)) {
        }
    }

private:
    static Timer* meld(Timer* left, Timer* right) noexcept;
    static Timer* pair(Timer* first) noexcept;
    void erase(Timer& timer) noexcept;
    bool take_due_task(Instant now, Task*& task) noexcept;
    void publish() noexcept;

    weld::native::Mutex mutex_;
    Timer* first_ = nullptr;
    std::atomic<Instant> earliest_{Instant::max()};  // of the first, for a look without the mutex
};

}  // namespace green
