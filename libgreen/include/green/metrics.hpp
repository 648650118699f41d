// SPDX-License-Identifier: MIT
//
// Metrics: counters of a runtime's workers, readable at any time.
//
// The counters begin at zero when the runtime begins, and only grow, except those documented "at present". Each is read
// by itself, so the numbers of one call may be a few events apart.
#pragma once

#include <green/api.hpp>

#include <cstddef>
#include <cstdint>

namespace green {

/// The counters of one worker.
struct WorkerMetrics {
    std::uint64_t spawned = 0;   ///< tasks that were started on it
    std::uint64_t finished = 0;  ///< tasks that ended on it
    std::uint64_t switches = 0;  ///< switches to a task
    std::uint64_t steals = 0;    ///< times that it stole tasks from another worker
    std::uint64_t parks = 0;     ///< times that it went to sleep because it had nothing to do
    std::uint64_t wakes = 0;     ///< times that a thread woke it from such a sleep; not its loop, and not a deadline
    std::size_t queued = 0;      ///< tasks in its queue at present

    friend bool operator==(const WorkerMetrics&, const WorkerMetrics&) = default;
};

/// The sums over all workers, removed ones too, and numbers of the runtime.
struct Metrics : WorkerMetrics {
    std::size_t workers = 0;   ///< workers that run tasks of every kind, at present: not those made for `Pin::Own`
    std::size_t tasks = 0;     ///< tasks at present: started and not finished
    std::size_t carriers = 0;  ///< native threads that run tasks or are spare, at present
    std::uint64_t handoffs =
        0;  ///< times that a worker was taken from a task that kept its thread, or was given away by `blocking`

    friend bool operator==(const Metrics&, const Metrics&) = default;
};

}  // namespace green
