// SPDX-License-Identifier: MIT
//
// Worker: what N counts: a queue, a timer heap, a loop. Its holder alone touches it, but for thieves at the
// queue, whoever takes out a timer, and the bell.
#pragma once

#include "discards.hpp"
#include "host_loop.hpp"
#include "injector.hpp"
#include "loop.hpp"
#include "run_queue.hpp"
#include "stack_magazine.hpp"
#include "timer_heap.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace green {

struct Carrier;
class Scheduler;

/// A number that one thread at a time counts up, and any thread reads.
class Counter {
public:
    void add() noexcept { count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
    [[nodiscard]] std::uint64_t get() const noexcept { return count_.load(std::memory_order_acquire); }

    /// One more, which orders nothing; returns the new number.
    std::uint64_t tick() noexcept {
        const std::uint64_t count = count_.load(std::memory_order_relaxed) + 1;
        count_.store(count, std::memory_order_relaxed);
        return count;
    }

private:
    std::atomic<std::uint64_t> count_{0};
};

/// What a worker is there for.
enum class Duty : std::uint8_t {
    All,       ///< whatever there is
    Pinned,    ///< the tasks that are pinned to its carrier, and then nothing
    Retiring,  ///< as Pinned, since it was asked to go
    None,      ///< it has no holder
};

struct alignas(64) Worker {
    RunQueue queue;

    // What a switch touches, together.
    static constexpr std::uint64_t each_turn = 1;  // `turn_end`, where each turn is followed by the carrier's
    Counter turns;                                 // of tasks
    std::uint64_t turn_end = 0;  // the turn that is the carrier's, which looks at timers, loop and injector
    /// Whether the next task is the first of the queue, whatever else: there are no thieves, nothing is in `overflow`,
    /// nothing is pinned to the carrier, and nothing else has to be kept by a switch. May be false all the same.
    std::atomic<bool> is_plain{false};

    Injector overflow;  // what the queue has no room for
    TimerHeap timers;
    std::uint32_t random = 0;
    std::size_t index = 0;
    Scheduler* scheduler = nullptr;
    bool searching = false;
    bool counts = true;  // among the sleeping, when it sleeps
    StackMagazine stacks;

    // Written by the holder. A task is counted where it begins and where it ends.
    Counter started;
    Counter ended;
    Counter vain_turns;  // in which no task was switched to
    Counter steals;
    Counter wakes;
    Counter parks;

    static constexpr std::uint32_t awake = 0;
    static constexpr std::uint32_t sleeps = 1;
    static constexpr std::uint32_t sleeps_and_counts = 2;  // among the sleeping

    // Of any thread.
    std::atomic<Duty> duty{Duty::All};         // changed under the scheduler's mutex
    std::atomic<bool> has_thieves{false};      // set by the holder, before anyone steals
    std::atomic<std::uint32_t> asleep{awake};  // who makes it `awake` wakes the worker, or is the worker
    std::atomic<Carrier*> holder{nullptr};     // for the monitor; the carrier's `worker` is what holds
    std::uint64_t tasks_seen = 0;              // by the monitor, at its look before
    std::uint64_t sleeps_seen = 0;

    Discards discards;  // what its loop is done with: outlives it
    BasicLoop basic;
    std::unique_ptr<HostLoop> host;  // in place of `basic` where a host's thread drives the worker
    std::unique_ptr<Loop> io;        // in place of `basic`, or in the host's, once there is I/O
    std::atomic<Loop*> loop{&basic};

    [[nodiscard]] bool does_all() const noexcept { return duty.load(std::memory_order_relaxed) == Duty::All; }

    /// Whether it may be taken from a carrier that does not come back.
    [[nodiscard]] bool may_be_taken() const noexcept {
        const Duty what = duty.load(std::memory_order_relaxed);
        return (what == Duty::All || what == Duty::Retiring) && host == nullptr;
    }

    /// From now on others may steal. The holder, or whoever keeps it out.
    void admit_thieves() noexcept {
        is_plain.store(false, std::memory_order_relaxed);
        has_thieves.store(true, std::memory_order_release);
    }

    /// Counts a turn; false when it is the carrier's.
    [[nodiscard]] bool take_turn() noexcept { return turns.tick() < turn_end; }

    /// Where a search for something to steal begins. (Marsaglia's xorshift.)
    [[nodiscard]] std::uint32_t next_random() noexcept {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random;
    }
};

}  // namespace green
