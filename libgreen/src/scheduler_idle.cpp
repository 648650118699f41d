// SPDX-License-Identifier: MIT
//
// How a worker searches for a task, sleeps when there is none, and is woken.
#include "scheduler.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <mutex>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr auto shortest_wait = 1us;  // between two looks for something to steal; doubles each time
constexpr auto longest_wait = 16us;
constexpr auto least_wait = 3us;  // for which the last task of a queue is left alone

constexpr auto until_more_is_trimmed = 5ms;

}  // namespace

// ---- finding a task -----------------------------------------------------------------------------------

/// The last task of a queue. A thief leaves it alone at first: its worker is about to run it, and would have to
/// fetch the cache lines that the thief has written.
struct Scheduler::Last {
    const Worker* victim = nullptr;
    std::uint32_t taken = 0;
    Instant since;

    /// Whether the queue of `worker` has had the same first task for a while, and its worker did not come to it.
    [[nodiscard]] bool waits(const Worker& worker) noexcept {
        const std::uint32_t present = worker.queue.taken() + worker.urgent.taken();
        if (victim == &worker && taken == present) {
            return now() - since >= least_wait;
        }
        if (victim == nullptr || victim == &worker) {
            *this = {.victim = &worker, .taken = present, .since = now()};
        }
        return false;
    }
};

/// Steals tasks from another worker.
Task* Scheduler::steal(Worker& worker, Last& last) noexcept {
    const auto keep = [&](Task* task) { put(worker, task); };
    const auto victims = slots();
    const std::size_t begin = worker.next_random() % victims.size();
    for (std::size_t i = 0; i < victims.size(); ++i) {
        Worker& victim = *victims[(begin + i) % victims.size()];
        if (&victim == &worker || !victim.has_thieves.load(std::memory_order_acquire)) {
            continue;
        }
        const std::size_t urgent = victim.urgent.size();
        const std::size_t there = victim.queue.size() + urgent;
        const bool with_last = there == 1 && (!victim.does_all() || last.waits(victim));
        Task* task = urgent == 0 ? nullptr : victim.urgent.steal(with_last || there > urgent, keep);
        if (task == nullptr && there != 0) {
            task = victim.queue.steal(with_last, keep);
        }
        if (task == nullptr) {
            task = victim.overflow.take(workers(), RunQueue::max_injected, keep);
        }
        if (task != nullptr) {
            worker.steals.add();
            return task;
        }
    }
    return nullptr;
}

/// Whether all other workers sleep or search, so that none of them makes tasks that could be stolen.
bool Scheduler::others_are_idle() const noexcept {
    const std::uint64_t idle = idle_.load(std::memory_order_relaxed);
    return idle / one_searching + idle % one_searching >= workers();
}

/// Searches for a while before the worker sleeps: a sleeping worker costs its waker a system call. Not more than half
/// of the workers search at a time; more would only get in each other's way.
Task* Scheduler::search(Carrier& carrier, Worker& worker) noexcept {
    if (!worker.searching) {
        const std::uint64_t searching = idle_.load(std::memory_order_relaxed) / one_searching;
        if (2 * searching >= workers()) {
            return nullptr;
        }
        idle_.fetch_add(one_searching, std::memory_order_seq_cst);
        worker.searching = true;
    }
    Last last;
    for (auto wait = shortest_wait;; wait *= 2) {
        if (Task* task = steal(worker, last)) {
            // The worker's own loop has not been polled since the queue ran empty.
            worker.look_at_loop(now());
            return task;
        }
        if (wait > longest_wait || others_are_idle() || ended_.load(std::memory_order_relaxed)) {
            return injector_.take(workers(), RunQueue::max_injected, [&](Task* task) { put(worker, task); });
        }
        for (const Instant end = now() + wait; injector_.size() == 0 && now() < end;) {
            pause_processor();
        }
        worker.look_at_loop(now());
        if (Task* task = next(carrier, worker)) {
            return task;
        }
    }
}

/// Whether there is a task that a worker could take. Sequentially consistent, for rules 2 and 3.
bool Scheduler::is_anything_queued() const noexcept {
    return !injector_.is_empty() ||
           std::ranges::any_of(slots(), [](const auto& worker) { return !worker->has_nothing_queued(); });
}

/// Whether a sleeping worker should be woken: for a task, or for a carrier that claims a worker.
bool Scheduler::anything_wants_a_worker() const noexcept {
    return carriers_.has_claims(std::memory_order_seq_cst) || is_anything_queued();
}

/// Rule 2: the last searcher, having found something, wakes the next one if there is more.
Task* Scheduler::stop_searching(Worker& worker, Task* found) noexcept {
    if (worker.searching) {
        worker.searching = false;
        const std::uint64_t before = idle_.fetch_sub(one_searching, std::memory_order_seq_cst);
        if (before / one_searching == 1 && anything_wants_a_worker()) {
            notify();
        }
    }
    return found;
}

/// The next task, without waiting; null when there is none now.
Task* Scheduler::find_now(Carrier& carrier, Worker& worker) noexcept {
    if (Task* task = next(carrier, worker)) {
        return stop_searching(worker, task);
    }
    if (worker.does_all() && slots().size() > 1) {
        if (Task* task = search(carrier, worker)) {
            return stop_searching(worker, task);
        }
    }
    return nullptr;
}

/// The next task; sleeps until there is one. Null when all tasks have finished, or the carrier lost the worker.
///
/// A carrier with pinned tasks to run keeps the worker for one budget. If it gave the worker to a claimant at once, two
/// such carriers would pass the worker to each other for ever, and run none of their tasks.
Task* Scheduler::find(Carrier& carrier) noexcept {
    Worker& worker = *carrier.worker;
    for (bool found_none = false;; found_none = true) {
        const bool may_give = found_none || carrier.pinned_queue.size() == 0 || worker.budget_is_used();
        if (carriers_.has_claims() && may_give && give_to_claimant(carrier, worker)) [[unlikely]] {
            return nullptr;
        }
        if (!worker.discards.is_empty()) [[unlikely]] {
            worker.discards.empty_outside(carrier);
            if (carrier.worker != &worker) {
                return nullptr;  // the worker was taken meanwhile
            }
        }
        if (!worker.does_all() && retire(carrier, worker)) [[unlikely]] {
            return nullptr;
        }
        if (Task* task = find_now(carrier, worker)) {
            return task;
        }
        if (ended_.load(std::memory_order_acquire)) {
            return nullptr;
        }
        sleep(carrier, worker, trim_before_sleep(worker));
    }
}

// ---- sleeping and waking: rules 1 and 3 ---------------------------------------------------------------

// The loads are sequentially consistent, for rule 3.
bool Scheduler::anything_to_do(const Carrier& carrier, const Worker& worker) const noexcept {
    if (ended_.load(std::memory_order_seq_cst) || carrier.inbox_size.load(std::memory_order_seq_cst) != 0 ||
        carrier.pinned_queue.size() != 0 || !worker.discards.is_empty()) {
        return true;
    }
    const bool does_all = worker.duty.load(std::memory_order_seq_cst) == Duty::All;
    if (!does_all || worker.counts != (worker.host == nullptr)) {
        // Its duty has changed, or it has only pinned tasks to run, and there is none.
        return does_all || worker.counts;
    }
    return worker.host == nullptr ? anything_wants_a_worker() : is_anything_queued();
}

/// Marks the worker as asleep; false when there is something to do after all.
bool Scheduler::fall_asleep(Carrier& carrier, Worker& worker) noexcept {
    worker.counts = worker.does_all() && worker.host == nullptr;
    const std::uint64_t searched = worker.searching ? one_searching : 0;
    worker.searching = false;
    worker.asleep.store(worker.counts ? Worker::sleeps_and_counts : Worker::sleeps, std::memory_order_release);
    idle_.fetch_add((worker.counts ? one_sleeping : 0) - searched, std::memory_order_seq_cst);
    end_if_all_ended();  // with a fence, which pairs with those in notify and deliver
    if (searched != 0 && !worker.counts) {
        notify();  // a waker may have relied on its searching
    }
    return !anything_to_do(carrier, worker);
}

/// Marks the worker as awake.
void Scheduler::wake_up(Worker& worker) noexcept {
    if (worker.asleep.exchange(Worker::awake, std::memory_order_seq_cst) == Worker::awake) {
        worker.searching = worker.counts;  // a waker woke it, and has counted it as searching
        worker.wakes.add();
    } else if (worker.counts) {
        worker.scheduler->idle_.fetch_sub(one_sleeping, std::memory_order_seq_cst);
    }
    worker.restart(now());
    worker.scheduler->monitor_.ring_if_deep();
}

void Scheduler::sleep(Carrier& carrier, Worker& worker, Instant deadline) noexcept {
    if (fall_asleep(carrier, worker)) {
        worker.parks.add();
        const std::size_t before = worker.queue.size() + worker.overflow.size();
        worker.loop.load(std::memory_order_relaxed)->wait(std::min(deadline, worker.timers.first()));
        wake_up(worker);
        worker.mark_loop(worker.measured, before);
        begin_budget(carrier, worker, false);
        if (worker.queued() > 1) {
            monitor_.ring();  // one task waits for another
        }
    } else {
        wake_up(worker);
    }
}

/// Wakes a worker that sleeps; false when it is awake.
bool Scheduler::wake(Worker& worker) noexcept {
    if (worker.asleep.load(std::memory_order_relaxed) == Worker::awake) {
        return false;
    }
    const std::uint32_t before = worker.asleep.exchange(Worker::awake, std::memory_order_acq_rel);
    if (before == Worker::awake) {
        return false;
    }
    if (before == Worker::sleeps_and_counts) {
        Scheduler& scheduler = *worker.scheduler;
        const std::uint64_t idle = scheduler.idle_.fetch_add(one_searching - one_sleeping, std::memory_order_seq_cst);
        if ((idle + one_searching - one_sleeping) / one_searching == 0 && scheduler.anything_wants_a_worker()) {
            // The worker had woken by itself, found something and stopped searching before it was counted. Meanwhile
            // the count looked to others as if very many searched, so they woke no worker.
            scheduler.notify();
        }
    }
    worker.loop.load(std::memory_order_acquire)->ring();
    return true;
}

void Scheduler::notify() noexcept {
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in fall_asleep
    const std::uint64_t idle = idle_.load(std::memory_order_acquire);
    if (idle / one_searching != 0) {
        return;
    }
    if (idle % one_searching == 0) {
        if (Worker& first = *slots()[0]; first.host != nullptr) [[unlikely]] {
            (void)wake(first);  // the host may take its time, so its worker counts neither as sleeping nor as searching
        }
        monitor_.ring();  // all workers may be stuck
        return;
    }
    for (const auto& worker : slots()) {
        // Not the host's worker, which sleeps between two calls of pump and is not counted.
        if (worker->host == nullptr && worker->does_all() && wake(*worker)) {
            return;
        }
    }
    // The workers that slept are awake by now, and look at everything before they sleep again.
}

void Scheduler::wake_all() noexcept {
    for (const auto& worker : slots()) {
        worker->loop.load(std::memory_order_acquire)->ring();
    }
    const std::lock_guard lock(carriers_.mutex);
    for (std::size_t i = 0; i < carriers_.size(); ++i) {
        carriers_[i].spare.unpark();
    }
}

/// Gives memory of unused stacks back, once a second and when there is nothing to do. Returns when to call it again:
/// Instant::max() when there is nothing more to give back.
Instant Scheduler::trim_before_sleep(Worker& worker) noexcept {
    const auto pools = [&](auto use) {
        use(stacks_);
        for (std::uint64_t left = used_classes_.load(std::memory_order_acquire); left != 0; left &= left - 1) {
            use(*other_stacks_[static_cast<std::size_t>(std::countr_zero(left))].load(std::memory_order_acquire));
        }
    };
    bool needed = worker.stacks.needs_trim();
    pools([&](StackPool& pool) { needed = needed || pool.needs_trim(); });
    if (!needed) [[likely]] {
        return Instant::max();
    }
    const Instant present = now();
    Instant due = next_trim_.load(std::memory_order_relaxed);
    if (present < due || !next_trim_.compare_exchange_strong(due, present + 1s, std::memory_order_relaxed)) {
        return due;
    }
    worker.stacks.empty(stacks_);
    bool all = true;
    pools([&](StackPool& pool) { all = pool.trim() && all; });
    if (all) {
        return Instant::max();
    }
    next_trim_.store(present + until_more_is_trimmed, std::memory_order_relaxed);
    return present + until_more_is_trimmed;
}

}  // namespace green
