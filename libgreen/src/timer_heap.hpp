// SPDX-License-Identifier: MIT
//
// TimerHeap: a worker's deadlines.
//
// Pairing heaps, linked through the timers themselves, which are in the frames of the tasks that wait: nothing is
// allocated, so a deadline cannot fail. The heaps are under a mutex, so that a task that was woken early can take
// its timer out from whatever worker it is on now. The callback of a due timer runs under that
// mutex: after `remove` has returned, no thread looks at the timer any more.
//
// There is one heap for each order of magnitude of waits, and the heaps are served in turn: a timer of 2 ms does not
// queue behind 100,000 timers of a second that are due. Within a heap the first deadline comes first; a deadline that
// has passed counts as the present time, so no late timer starves. A heap pairs new timers as it grows, so that the
// first removal does not find a list of all of them.
#pragma once

#include "loop.hpp"
#include "task_list.hpp"

#include <green/api.hpp>

#include <weld/native/mutex.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace green {

class Task;

struct Timer {
    /// Returns the task to schedule now that the deadline has come, or null when something else woke it. May be called
    /// early, when a worker is removed: the waiter checks the clock, and waits again.
    using Due = Task* (*)(Timer& self) noexcept;

    Instant deadline;
    Due due;
    Task* task;

    // For the heap. `before` is the parent for a first child, else the previous sibling.
    Timer* child = nullptr;
    Timer* sibling = nullptr;
    Timer* before = nullptr;
    std::uint8_t span = 0;  // which heap it is in
    bool is_in = false;
};

class TimerHeap {
public:
    /// Sets the approximate present time, for the insertions that follow. The holder only.
    void tell(Instant present) noexcept { present_ = present; }

    /// Inserts `timer`, which must not move until it was due or removed. The holder only.
    GREEN_API void insert(Timer& timer) noexcept;

    /// Removes `timer` if it is still in.
    GREEN_API void remove(Timer& timer) noexcept;

    /// The first deadline, or Instant::max(). The holder sees its own insertions at once, and removals by
    /// other threads perhaps late, which costs a useless look.
    [[nodiscard]] Instant first() const noexcept { return earliest_.load(std::memory_order_relaxed); }

    /// Takes out at most `most` timers whose deadline is not after `now`, of each heap in turn, and passes the tasks
    /// that they wake to `schedule`. Returns the number of timers.
    template <class Schedule>
    std::size_t take_due(Instant now, std::size_t most, Schedule schedule) noexcept {
        TaskList woken;
        const std::size_t taken = collect(now, most, woken);
        while (Task* task = woken.pop()) {
            schedule(task);
        }
        return taken;
    }

    /// Takes out all timers, as if they were due.
    template <class Schedule>
    void end_all(Schedule schedule) noexcept {
        while (take_due(Instant::max(), SIZE_MAX, schedule) != 0) {
        }
    }

private:
    struct Heap {
        Timer* first = nullptr;
        std::uint32_t loose = 0;  // children of the first that have been compared to no other
    };

    static Timer* meld(Timer* left, Timer* right) noexcept;
    static Timer* pair(Timer* first) noexcept;
    static void tidy(Heap& heap) noexcept;
    void erase(Timer& timer) noexcept;
    std::size_t collect(Instant now, std::size_t most, TaskList& woken) noexcept;
    void publish() noexcept;

    weld::native::Mutex mutex_;
    Instant present_;  // approximate, for the holder alone
    std::array<Heap, 4> heaps_;
    std::atomic<Instant> earliest_{Instant::max()};  // of all heaps, to be read without the mutex
};

}  // namespace green
