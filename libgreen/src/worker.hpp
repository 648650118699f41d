// SPDX-License-Identifier: MIT
//
// Worker: what "N workers" counts: two queues, a timer heap, a loop. Only its holder touches it, except: thieves use
// the queues, the monitor may end a budget, any thread may take out a timer or ring the bell.
#pragma once

#include "discards.hpp"
#include "host_loop.hpp"
#include "injector.hpp"
#include "loop.hpp"
#include "run_queue.hpp"
#include "stack_magazine.hpp"
#include "timer_heap.hpp"
#include "turns.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace green {

struct Carrier;
class Scheduler;

/// A counter that one thread at a time increments, and any thread reads.
class Counter {
public:
    void add() noexcept { count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
    [[nodiscard]] std::uint64_t get() const noexcept { return count_.load(std::memory_order_acquire); }

    /// Adds one with no ordering; returns the new number.
    std::uint64_t tick() noexcept {
        const std::uint64_t count = count_.load(std::memory_order_relaxed) + 1;
        count_.store(count, std::memory_order_relaxed);
        return count;
    }

private:
    std::atomic<std::uint64_t> count_{0};
};

/// What a worker is for.
enum class Duty : std::uint8_t {
    All,       ///< everything there is
    Pinned,    ///< the tasks that are pinned to its carrier, and then nothing
    Retiring,  ///< as Pinned, because it was asked to retire
    None,      ///< it has no holder
};

struct alignas(64) Worker {
    RunQueue queue;

    // The fields that a switch touches, together.
    static constexpr std::uint64_t each_turn = 1;  // for `turn_end`: each turn is followed by the carrier's
    Counter turns;                                 // of tasks
    std::atomic<std::uint64_t> turn_end{0};        // the turn that is the carrier's; the monitor may write zero
    /// Whether the next task is certainly the first of the queue: there are no thieves, nothing is in `overflow`,
    /// nothing is pinned to the carrier, urgent tasks have no turn, and a switch has nothing else to save. It may be
    /// false although all this holds.
    std::atomic<bool> is_plain{false};
    bool serves_urgent = false;  // whether urgent tasks come before the queue in the present budget

    RunQueue urgent;    // tasks that timers, the loop and the injector made runnable
    Injector overflow;  // tasks for which the queue had no room
    Counter looks;      // at timers, loop and injector, for which tasks had to wait

    std::array<TimeSlice, 2> slices;  // of the queue, and of the urgent tasks
    Instant measured;                 // when the present budget began
    std::uint64_t measured_turns = 0;
    Instant served_since;             // when tasks of the present kind began to have their turns
    std::chrono::nanoseconds owed{};  // to the queue, for the last time of urgent tasks
    Instant loop_looked;              // when the loop was last polled
    std::uint64_t loop_turns = 0;
    std::uint64_t loop_end = 0;   // the turn at which all tasks have run that the loop put into the queue
    std::uint32_t loop_mark = 0;  // the count of urgent tasks when the loop had added its own
    TimerHeap timers;
    std::uint32_t random = 0;
    std::size_t index = 0;
    Scheduler* scheduler = nullptr;
    bool searching = false;
    bool counts = true;  // among the sleeping, when it sleeps
    StackMagazine stacks;

    // Written by the holder. A task is counted on the worker where it begins and on the one where it ends.
    Counter started;
    Counter ended;
    Counter vain_turns;  // turns in which no task was switched to
    Counter steals;
    Counter wakes;
    Counter parks;

    static constexpr std::uint32_t awake = 0;
    static constexpr std::uint32_t sleeps = 1;
    static constexpr std::uint32_t sleeps_and_counts = 2;  // counted among the sleeping

    // For any thread.
    std::atomic<Duty> duty{Duty::All};         // changed under the scheduler's mutex
    std::atomic<bool> has_thieves{false};      // set by the holder, before any thread steals
    std::atomic<std::uint32_t> asleep{awake};  // the thread that makes it `awake` wakes the worker, or is the worker
    std::atomic<Carrier*> holder{nullptr};     // for the monitor; the carrier's `worker` decides who holds it
    std::uint64_t tasks_seen = 0;              // by the monitor, at its previous look
    std::uint64_t sleeps_seen = 0;
    std::uint64_t looks_seen = 0;
    Instant looks_since;  // when the monitor first saw that many looks

    Discards discards;  // objects that its loop no longer needs: outlives the loop
    BasicLoop basic;
    std::unique_ptr<HostLoop> host;  // in place of `basic` where a host's thread drives the worker
    std::unique_ptr<Loop> io;        // in place of `basic`, or inside the host's, once there is I/O
    std::atomic<Loop*> loop{&basic};

    [[nodiscard]] bool does_all() const noexcept { return duty.load(std::memory_order_relaxed) == Duty::All; }

    /// Whether it may be taken from a carrier that blocks or computes for too long.
    [[nodiscard]] bool may_be_taken() const noexcept {
        const Duty what = duty.load(std::memory_order_relaxed);
        return (what == Duty::All || what == Duty::Retiring) && host == nullptr;
    }

    /// Allows stealing from now on. The holder, or a thread that keeps the holder out of the runtime.
    void admit_thieves() noexcept {
        is_plain.store(false, std::memory_order_relaxed);
        has_thieves.store(true, std::memory_order_release);
    }

    /// Counts a turn; false when the turn is the carrier's.
    [[nodiscard]] bool take_turn() noexcept { return turns.tick() < turn_end.load(std::memory_order_relaxed); }

    /// Whether the next turn is the carrier's.
    [[nodiscard]] bool budget_is_used() const noexcept {
        return turns.get() >= turn_end.load(std::memory_order_relaxed);
    }

    /// Ends the budget: the next turn is the carrier's. The holder, or a thread that keeps it out, or the monitor.
    void end_budget() noexcept { turn_end.store(0, std::memory_order_relaxed); }

    /// Begins a budget without any measurement. The holder.
    void restart(Instant present) noexcept;

    /// Learns from the budget that ends, and begins another, of at most `limit` turns. The holder.
    void measure(Instant present, std::uint64_t limit) noexcept;

    /// Polls the loop, unless tasks that it made runnable the last time have yet to run: it would report the same
    /// events again. The holder.
    void look_at_loop(Instant present) noexcept;

    /// Records that the loop was polled when `before` tasks were queued, urgent ones not counted. The holder.
    void mark_loop(Instant present, std::size_t before) noexcept;

    /// Chooses the kind of tasks to run, at the beginning of a budget; `others_wait` besides urgent tasks. The holder.
    void choose_kind(bool others_wait) noexcept;

    /// How many tasks wait for a turn, without those of the carrier; approximate.
    [[nodiscard]] std::size_t queued() const noexcept { return queue.size() + urgent.size() + overflow.size(); }

    /// Sequentially consistent: the last look of a worker before it sleeps.
    [[nodiscard]] bool has_nothing_queued() const noexcept {
        return queue.is_empty() && urgent.is_empty() && overflow.is_empty();
    }

    /// A random place to begin a search for tasks to steal. (Marsaglia's xorshift.)
    [[nodiscard]] std::uint32_t next_random() noexcept {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random;
    }

private:
    [[nodiscard]] bool may_ask_loop(Instant present) const noexcept;
};

}  // namespace green
