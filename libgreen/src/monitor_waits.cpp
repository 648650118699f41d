// SPDX-License-Identifier: MIT
//
// What waits for a worker, and for how long its tasks may keep it waiting.
#include "monitor.hpp"

#include "scheduler.hpp"
#include "thread_state.hpp"

#include <algorithm>
#include <mutex>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr auto before_running = 10ms;  // of CPU time, or of time while something is due, for a stretch to be too long
constexpr auto least_running = 1ms;    // of CPU time, for a stretch that is too long while something is due
constexpr auto most_running = 50ms;    // of CPU time, however many run without a worker
constexpr auto longest_budget = 1ms;   // of a worker's tasks, before it has to look at what else there is
constexpr auto of_late = 1s;

}  // namespace

/// Whether there is something that a stuck worker does not do.
bool Monitor::anything_waits(const Worker& worker) const noexcept {
    return worker.queued() != 0 || scheduler_.injector_.size() != 0 || scheduler_.carriers_.has_claims() ||
           worker.timers.first() <= now_ || worker.loop.load(std::memory_order_acquire)->awaits_anything();
}

/// Whether that is something which has its time: no task that only waits for its turn.
bool Monitor::anything_is_due(const Worker& worker) const noexcept {
    return worker.timers.first() <= now_ || scheduler_.carriers_.has_claims() ||
           worker.loop.load(std::memory_order_acquire)->is_ready();
}

/// Has `worker` look around at the next switch if its tasks, of which so many ran since the look before, have kept it
/// from that for long.
void Monitor::end_long_budget(Worker& worker, std::uint64_t ran) noexcept {
    const std::uint64_t looks = worker.looks.get();
    if (looks != worker.looks_seen || worker.asleep.load(std::memory_order_relaxed) != Worker::awake) {
        worker.looks_seen = looks;
        worker.looks_since = now_;
    } else if (now_ - worker.looks_since >= longest_budget) {
        worker.end_budget();
        if (ran > 1) {
            be_alert(of_late);  // its turns have become long, and it had not noticed
        }
    }
}

/// Whether a stretch that runs has done so for too long: for `before_running` while something is due, by any clock, for
/// the processors may be taken by others of its kind. Where tasks wait that only queue, it is allowed as much of a
/// processor, and as much again for each that runs without a worker, of each worker: tasks that take a while are done
/// sooner a few at a time.
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

/// How many tasks run, or could, that have lost their workers.
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
