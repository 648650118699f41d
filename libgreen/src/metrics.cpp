// SPDX-License-Identifier: MIT
#include <green/metrics.hpp>

#include "scheduler.hpp"

#include <algorithm>

namespace green {

namespace {

WorkerMetrics metrics_of(const Worker& worker) noexcept {
    const std::uint64_t vain_turns = worker.vain_turns.get();  // read first, so that it is not more than all
    return {.spawned = worker.started.get(),
            .finished = worker.ended.get(),
            .switches = worker.turns.get() - vain_turns,
            .steals = worker.steals.get(),
            .parks = worker.parks.get(),
            .wakes = worker.wakes.get(),
            .queued = worker.queued()};
}

}  // namespace

std::size_t Scheduler::metrics(std::span<WorkerMetrics> workers) const noexcept {
    const auto all = slots();
    for (std::size_t i = 0; i < std::min(all.size(), workers.size()); ++i) {
        workers[i] = metrics_of(*all[i]);
    }
    return all.size();
}

Metrics Scheduler::metrics() const noexcept {
    Metrics sum;
    sum.finished = ended_outside_.load(std::memory_order_acquire);
    sum.spawned = started_outside_.load(std::memory_order_acquire);
    for (const auto& worker : slots()) {
        const WorkerMetrics one = metrics_of(*worker);
        sum.finished += one.finished;
        sum.switches += one.switches;
        sum.steals += one.steals;
        sum.parks += one.parks;
        sum.wakes += one.wakes;
        sum.queued += one.queued;
        sum.spawned += one.spawned;
    }
    sum.queued += injector_.size();
    sum.workers = workers();
    sum.carriers = carriers_.count();
    sum.handoffs = carriers_.handoffs();
    sum.tasks = sum.spawned - std::min(sum.finished, sum.spawned);
    return sum;
}

}  // namespace green
