// SPDX-License-Identifier: MIT
//
// Worker: what N counts: a queue, a timer heap, a loop. Its holder alone touches it, but for thieves at the
// queue, whoever takes out a timer, and the bell.
#pragma once

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

class Scheduler;

/// A number that one thread at a time counts up, and any thread reads.
class Counter {
public:
    void add(std::uint64_t more = 1) noexcept {
        count_.store(count_.load(std::memory_order_relaxed) + more, std::memory_order_release);
    }
    [[nodiscard]] std::uint64_t get() const noexcept { return count_.load(std::memory_order_acquire); }

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
    Injector overflow;  // what the queue has no room for
    TimerHeap timers;
    std::int32_t budget = 1;  // turns until the carrier's, which looks at timers, loop and injector
    std::uint32_t random = 0;
    std::size_t index = 0;
    Scheduler* scheduler = nullptr;
    bool searching = false;
    bool counts = true;  // among the sleeping, when it sleeps
    StackMagazine stacks;

    // Written by the holder. A task is counted where it begins and where it ends.
    Counter started;
    Counter ended;
    Counter switches;
    Counter steals;
    Counter wakes;
    Counter parks;

    // Of any thread.
    std::atomic<Duty> duty{Duty::All};     // changed under the scheduler's mutex
    std::atomic<bool> has_thieves{false};  // set by the holder, before anyone steals
    std::atomic<bool> asleep{false};       // who makes it false wakes the worker, or is the worker

    BasicLoop basic;
    std::unique_ptr<HostLoop> host;  // in place of `basic` where a host's thread drives the worker
    std::unique_ptr<Loop> io;        // in place of `basic`, or in the host's, once there is I/O
    std::atomic<Loop*> loop{&basic};

    [[nodiscard]] bool does_all() const noexcept { return duty.load(std::memory_order_relaxed) == Duty::All; }

    /// Where a search for something to steal begins. (Marsaglia's xorshift.)
    [[nodiscard]] std::uint32_t next_random() noexcept {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random;
    }
};

}  // namespace green
