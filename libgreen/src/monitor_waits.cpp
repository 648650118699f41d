// SPDX-License-Identifier: MIT
//
// Which work waits for a worker, and for how long the worker's tasks may keep it waiting.
#include "monitor.hpp"

#include "scheduler.hpp"
#include "thread_state.hpp"

#include <algorithm>
#include <mutex>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr auto before_running = 10ms;  // of CPU time, or of time while something is due: then a stretch is too long
constexpr auto least_running = 1ms;    // of CPU time, at least, for a stretch to be too long while something is due
constexpr auto most_running = 50ms;    // of CPU time, however many tasks run without a worker
constexpr auto longest_budget = 1ms;   // of a worker's tasks, before the worker has to look around

}  // namespace

/// Whether there is work that a stuck worker does not do.
bool Monitor::anything_waits(const Worker& worker) const noexcept {
    return worker.queued() != 0 || scheduler_.injector_.size() != 0 || scheduler_.carriers_.has_claims() ||
           worker.timers.first() <= now_ || worker.loop.load(std::memory_order_acquire)->awaits_anything();
}

/// Whether some of that work is due at a time; a task that only waits for its turn is not.
bool Monitor::anything_is_due(const Worker& worker) const noexcept {
    return worker.timers.first() <= now_ || scheduler_.carriers_.has_claims() ||
           worker.loop.load(std::memory_order_acquire)->is_ready();
}

/// Makes `worker` look around at the next switch if its tasks, of which `ran` ran since the previous look, have kept it
/// from that for long.
void Monitor::end_long_budget(Worker& worker, std::uint64_t ran) noexcept {
    const std::uint64_t looks = worker.looks.get();
    if (looks != worker.looks_seen || worker.asleep.load(std::memory_order_relaxed) != Worker::awake) {
        worker.looks_seen = looks;
        worker.looks_since = now_;
    } else if (now_ - worker.looks_since >= longest_budget) {
        worker.end_budget();
        if (ran > 1) {
            be_alert(recent);  // its turns have become long, and the worker has not looked around
        }
    }
}

/// Whether a stretch that computes has done so for too long. While something is due, the limit is `before_running`, by
/// any clock, because others of its kind may take the processors. Where tasks only queue, the limit is as much of a
/// processor, and as much again, divided by the workers, for each task that runs without a worker: tasks that take a
/// while are done sooner when a few run at a time.
bool Monitor::has_run_too_long(const Worker& worker, Watch& watch) noexcept {
    const auto ran = watch.cpu - watch.cpu_before;
    if (now_ - watch.since >= before_running && ran >= least_running && anything_is_due(worker)) {
        return true;
    }
    if (ran < before_running || ran < watch.allowed) {
        return false;
    }
    const std::size_t workers = std::max<std::size_t>(scheduler_.workers(), 1);
    watch.allowed = std::min<std::chrono::nanoseconds>(
        before_running + before_running * running_without_worker() / workers, most_running);
    return ran >= watch.allowed;
}

/// How many tasks that have lost their workers run, or are runnable.
std::size_t Monitor::running_without_worker() noexcept {
    Carriers& carriers = scheduler_.carriers_;
    const std::lock_guard lock(carriers.mutex);
    std::size_t count = 0;
    for (std::size_t i = 0; i < carriers.size(); ++i) {
        Carrier& carrier = carriers[i];
        {
            const std::lock_guard own(carrier.mutex);
            if (carrier.worker != nullptr || !carrier.is_outside()) {
                continue;
            }
        }
        const auto thread = carrier.thread_id.load(std::memory_order_relaxed);
        Watch& watch = carrier.watch;
        if (const auto cpu = cpu_time_of(thread); cpu && *cpu != watch.known_at) {
            watch.known_at = *cpu;
            watch.known_runnable = state_of(thread).value_or('R') == 'R';
        }
        count += watch.known_runnable ? 1U : 0U;
    }
    return count;
}

}  // namespace green
