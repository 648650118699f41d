// SPDX-License-Identifier: MIT
//
// Metrics: what a runtime's workers have done, readable at any time.
//
// The numbers count up from the beginning of the runtime. Each is read by itself, so those of one answer may be a few
// events apart.
#pragma once

#include <green/api.hpp>

#include <cstddef>
#include <cstdint>

namespace green {

/// What one worker did.
struct WorkerMetrics {
    std::uint64_t spawned = 0;   ///< tasks that were started on it
    std::uint64_t finished = 0;  ///< tasks that ended on it
    std::uint64_t switches = 0;  ///< switches to a task
    std::uint64_t steals = 0;    ///< times that it took tasks from another worker
    std::uint64_t parks = 0;     ///< times that it went to sleep, for want of anything to do
    std::uint64_t wakes = 0;     ///< times that it was woken from that by a thread, and not by its loop or a deadline
    std::size_t queued = 0;      ///< tasks in its queue at present

    friend bool operator==(const WorkerMetrics&, const WorkerMetrics&) = default;
};

/// What all of them did, those that were removed among them.
struct Metrics : WorkerMetrics {
    std::size_t workers = 0;   ///< at present, those that do all
    std::size_t tasks = 0;     ///< started and not finished, at present
    std::size_t carriers = 0;  ///< native threads at present, at work or spare
    std::uint64_t handoffs =
        0;  ///< times that a worker was taken from a task that kept its thread, or was given by one

    friend bool operator==(const Metrics&, const Metrics&) = default;
};

}  // namespace green
