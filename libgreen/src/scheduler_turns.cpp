// SPDX-License-Identifier: MIT
//
// Whose turn it is on a worker: tasks of the queue, urgent tasks, or the carrier, which looks around.
#include "scheduler.hpp"

#include <algorithm>

namespace green {

namespace {

constexpr std::size_t most_from_overflow = RunQueue::capacity / 2;
constexpr std::size_t most_timers = RunQueue::capacity / 4;

/// Schedules some of the tasks whose deadline has come; returns whether there are more.
bool take_due(Worker& worker, Instant present) noexcept {
    if (worker.timers.first() > present) {
        return false;
    }
    worker.timers.take_due(present, most_timers, [&](Task* task) { Scheduler::resume_on(worker, *task); });
    return worker.timers.first() <= present;
}

}  // namespace

/// Queues a task that timers, the loop or the injector made runnable, so that it does not wait for a whole round.
void Scheduler::put_urgent(Worker& worker, Task* task) noexcept {
    if (!worker.urgent.push(task, task->context_)) {
        put(worker, task);
    }
}

/// For an empty queue: returns the first task of the overflow and moves others up; else the first urgent task.
Task* Scheduler::pop_rest(Worker& worker) noexcept {
    Task* task =
        worker.overflow.take(1, most_from_overflow, [&](Task* next) { (void)worker.queue.push(next, next->context_); });
    return task != nullptr ? task : worker.urgent.pop(worker.has_thieves.load(std::memory_order_relaxed));
}

Carrier& Scheduler::yield_to_loop(Carrier& carrier) noexcept {
    if (carrier.worker != nullptr) {
        carrier.worker->end_budget();
    }
    return yield(carrier);
}

// ---- looking around -----------------------------------------------------------------------------------

/// Begins the next budget. `has_more` says that there are due timers or injected tasks that were too many for this
/// look.
void Scheduler::begin_budget(const Carrier& carrier, Worker& worker, bool has_more) noexcept {
    if (!worker.has_thieves.load(std::memory_order_relaxed) &&
        worker.scheduler->shares_.load(std::memory_order_acquire)) {
        worker.admit_thieves();
        worker.scheduler->notify();  // for tasks that were queued before there were any thieves
    }
    const bool others_wait =
        worker.queue.size() != 0 || worker.overflow.size() != 0 || carrier.pinned_queue.size() != 0;
    const std::size_t urgent = worker.urgent.size();
    worker.choose_kind(others_wait);
    std::uint64_t turns = worker.slices[worker.serves_urgent ? 1 : 0].turns();
    if (has_more) {
        turns = std::min<std::uint64_t>(turns, most_timers);
    }
    if (worker.serves_urgent && others_wait) {
        turns = std::min<std::uint64_t>(turns, urgent);
    }
    // One more, because the turn that finds the budget used up counts too.
    worker.turn_end.store(worker.turns.get() + turns + 1, std::memory_order_relaxed);
    worker.is_plain.store(!worker.has_thieves.load(std::memory_order_relaxed) && worker.overflow.size() == 0 &&
                              carrier.pinned == 0 && !worker.serves_urgent && !carrier.switches_float_control,
                          std::memory_order_relaxed);
}

/// Takes the worker's share of the injected tasks; returns whether there are more.
bool Scheduler::take_injected(Worker& worker) noexcept {
    Scheduler& scheduler = *worker.scheduler;
    const std::size_t sharers = std::max<std::size_t>(scheduler.workers(), 1);
    const std::size_t taken =
        scheduler.injector_.share(sharers, RunQueue::max_injected, [&](Task* task) { put_urgent(worker, task); });
    if (taken > 1 && worker.has_thieves.load(std::memory_order_relaxed)) {
        scheduler.notify();  // a worker may have looked while they were between the two queues
    }
    return taken == RunQueue::max_injected;
}

/// The carrier's turn, while there are tasks.
void Scheduler::look_around(Carrier& carrier, Worker& worker) noexcept {
    const Instant present = now();
    const bool is_watched = worker.scheduler->monitor_.is_there() && worker.may_be_taken();
    worker.looks.tick();
    worker.measure(present, is_watched ? TimeSlice::most_watched : TimeSlice::most);
    bool has_more = take_due(worker, present);
    worker.look_at_loop(present);
    take_inbox(carrier);
    if (worker.does_all()) {
        has_more = take_injected(worker) || has_more;
    }
    begin_budget(carrier, worker, has_more);
}

/// The next task of this worker, or of the injector. When the budget is used up, timers, loop and injector come
/// first.
Task* Scheduler::next(Carrier& carrier, Worker& worker) noexcept {
    if (worker.budget_is_used()) {
        look_around(carrier, worker);
    }
    if (Task* task = pop_in_turn(carrier, worker)) {
        return task;
    }
    if (worker.does_all()) {
        (void)take_injected(worker);
    }
    take_inbox(carrier);
    if (worker.timers.first() != Instant::max()) {
        (void)take_due(worker, now());
    }
    if (worker.urgent.size() != 0) {
        worker.serves_urgent = true;  // they come before the tasks that they schedule
        worker.is_plain.store(false, std::memory_order_relaxed);
    }
    return pop_in_turn(carrier, worker);
}

}  // namespace green
