// SPDX-License-Identifier: MIT
//
// Worker: what N counts: a queue, a timer heap, a loop. Its holder alone touches it, but for thieves at the
// queue, whoever takes out a timer, and the bell.
#pragma once

#include "injector.hpp"
#include "loop.hpp"
#include "run_queue.hpp"
#include "timer_heap.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace green {

class Scheduler;

struct alignas(64) Worker {
    RunQueue queue;
    Injector overflow;  // what the queue has no room for
    TimerHeap timers;
    std::int32_t budget = 1;  // turns until the carrier's, which looks at timers, loop and injector
    std::uint32_t random = 0;
    std::size_t index = 0;
    Scheduler* scheduler = nullptr;
    bool searching = false;

    // Of any thread.
    std::atomic<bool> asleep{false};  // who makes it false wakes the worker, or is the worker

    BasicLoop basic;
    std::unique_ptr<Loop> io;  // in place of `basic` once there is I/O
    std::atomic<Loop*> loop{&basic};

    /// Where a search for something to steal begins. (Marsaglia's xorshift.)
    [[nodiscard]] std::uint32_t next_random() noexcept {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        return random;
    }
};

}  // namespace green
