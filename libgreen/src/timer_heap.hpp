// SPDX-License-Identifier: MIT
//
// TimerHeap: a worker's deadlines.
//
// Pairing heaps through the timers themselves, which are in the frames of the tasks that wait: nothing is
// allocated, so a deadline cannot fail. They are under a mutex, so that a task which was woken early can take
// its timer out from whatever worker it is on now. What a timer does when it is due happens under that
// mutex: after `remove` returned, nobody looks at the timer any more.
//
// There is one heap for each order of magnitude of waits, and they are served in turn: a timer of 2 ms does not queue
// behind 100,000 of a second that are due. Within a heap the first deadline comes first; a deadline that has passed
// counts as one of now, so nobody starves who is only late. A heap pairs what it was given as it grows, so that the
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
    std::uint8_t span = 0;  // which heap it is in
    bool is_in = false;
};

class TimerHeap {
public:
    /// Says what time it is, about, for the insertions to come. The holder only.
    void tell(Instant present) noexcept { present_ = present; }

    /// Puts `timer` in; it stays where it is until it was due or removed. The holder only.
    GREEN_API void insert(Timer& timer) noexcept;

    /// Takes `timer` out if it is still in.
    GREEN_API void remove(Timer& timer) noexcept;

    /// The first deadline, or the last instant there is. Its own insertions the holder sees at once; a removal by
    /// another thread perhaps late, which costs a look in vain.
    [[nodiscard]] Instant first() const noexcept { return earliest_.load(std::memory_order_relaxed); }

    /// Takes out at most `most` timers whose deadline is not after `now`, of each heap in turn, and hands the tasks
    /// that they wake to `schedule`. Returns how many timers.
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
        std::uint32_t loose = 0;  // children of the first that no other was compared to
    };

    static Timer* meld(Timer* left, Timer* right) noexcept;
    static Timer* pair(Timer* first) noexcept;
    static void tidy(Heap& heap) noexcept;
    void erase(Timer& timer) noexcept;
    std::size_t collect(Instant now, std::size_t most, TaskList& woken) noexcept;
    void publish() noexcept;

    weld::native::Mutex mutex_;
    Instant present_;  // about, of the holder alone
    std::array<Heap, 4> heaps_;
    std::atomic<Instant> earliest_{Instant::max()};  // of all, for a look without the mutex
};

}  // namespace green
