// SPDX-License-Identifier: MIT
//
// The workers of a scheduler: how they come and go while it runs.
#include "scheduler.hpp"

#include "die.hpp"
#include "fork.hpp"

#include <mutex>
#include <new>
#include <utility>

namespace green {

/// A worker without a holder. Null without the memory, or when there are too many. With the mutex held, or before the
/// beginning.
Worker* Scheduler::make_worker(Duty duty) noexcept {
    for (const auto& worker : slots()) {
        if (worker->duty.load(std::memory_order_relaxed) == Duty::None) {
            worker->duty.store(duty, std::memory_order_relaxed);
            return worker.get();
        }
    }
    auto made = std::unique_ptr<Worker>(slots_.size() < most_workers ? new (std::nothrow) Worker : nullptr);
    if (made == nullptr) {
        return nullptr;
    }
    made->index = slots_.size();
    made->scheduler = this;
    made->random = static_cast<std::uint32_t>(made->index) * 2654435761U + 1;
    made->duty.store(duty, std::memory_order_relaxed);
    slots_.push_back(std::move(made));  // the memory is reserved
    slot_count_.store(slots_.size(), std::memory_order_release);
    return slots_.back().get();
}

/// Gives `worker` to a spare carrier to which nothing is pinned, or to a new carrier; `pinned` tasks
/// are pinned to that carrier then. With the mutex held.
weld::sys::Result<Carrier*> Scheduler::employ(Worker& worker, std::size_t pinned) noexcept {
    if (const auto spare = stacks_.add_spare(StackMagazine::capacity); !spare) {
        return std::unexpected(spare.error());
    }
    if (Carrier* spare = carriers_.take_spare(false)) {
        spare->pinned = pinned;  // the carrier sees that by the mutex of `give`
        Carriers::give(*spare, worker);
        return spare;
    }
    weld::sys::Result<void> started;
    Carrier* carrier = carriers_.make(&worker);
    if (carrier == nullptr) {
        started = std::unexpected(weld::sys::Errno::Nomem);
    } else {
        carrier->pinned = pinned;
        started = carriers_.start_thread(*carrier);
    }
    if (!started) {
        stacks_.remove_spare(StackMagazine::capacity);
        return std::unexpected(started.error());
    }
    return carrier;
}

/// Pins `task` to a worker of its own.
weld::sys::Result<void> Scheduler::pin_to_own(Task& task) noexcept {
    const std::lock_guard lock(carriers_.mutex);
    Worker* worker = make_worker(Duty::Pinned);
    if (worker == nullptr) {
        return std::unexpected(weld::sys::Errno::Nomem);
    }
    const auto carrier = employ(*worker, 1);
    if (!carrier) {
        worker->duty.store(Duty::None, std::memory_order_relaxed);
        return std::unexpected(carrier.error());
    }
    task.pinned_to_ = *carrier;
    task.pins_ = 1;
    return {};
}

weld::Result<void> Scheduler::set_workers(std::size_t count) noexcept {
    const auto failed = [](auto why) { return std::unexpected(weld::Error("set_workers", why)); };
    if (count == 0 || count > most_workers) {
        return failed(weld::Fault::InvalidInput);
    }
    if (is_another_process()) [[unlikely]] {
        die("green: ", "set_workers was called", after_fork);
    }
    weld::Result<void> result;
    {
        const Inside inside;
        const std::lock_guard lock(carriers_.mutex);
        if (ended_.load(std::memory_order_acquire)) {
            return failed(weld::Fault::InvalidInput);
        }
        while (general_.load(std::memory_order_relaxed) < count) {
            if (const auto added = add_worker(); !added) {
                result = failed(added.error());
                break;
            }
        }
        for (std::size_t i = slots_.size(); i-- > 0 && general_.load(std::memory_order_relaxed) > count;) {
            Worker& worker = *slots_[i];
            if (worker.does_all() && worker.host == nullptr) {
                general_.fetch_sub(1, std::memory_order_relaxed);
                worker.duty.store(Duty::Retiring, std::memory_order_seq_cst);
                worker.loop.load(std::memory_order_acquire)->ring();
            }
        }
    }
    if (workers() > 1) {
        share_queues();
    }
    return result;
}

/// Adds one worker with the duty All. With the mutex held.
weld::sys::Result<void> Scheduler::add_worker() noexcept {
    for (const auto& worker : slots()) {
        if (worker->duty.load(std::memory_order_relaxed) == Duty::Retiring) {
            worker->duty.store(Duty::All, std::memory_order_seq_cst);
            general_.fetch_add(1, std::memory_order_relaxed);
            worker->loop.load(std::memory_order_acquire)->ring();
            return {};
        }
    }
    Worker* worker = make_worker(Duty::All);
    if (worker == nullptr) {
        return std::unexpected(weld::sys::Errno::Nomem);
    }
    worker->has_thieves.store(true, std::memory_order_relaxed);
    if (const auto watched = monitor_.start(); !watched) {
        worker->duty.store(Duty::None, std::memory_order_relaxed);
        return std::unexpected(watched.error());
    }
    if (const auto carrier = employ(*worker, 0); !carrier) {
        worker->duty.store(Duty::None, std::memory_order_relaxed);
        return std::unexpected(carrier.error());
    }
    general_.fetch_add(1, std::memory_order_relaxed);
    shares_.store(true, std::memory_order_release);
    return {};
}

/// Returns when the holder of each worker knows that there are thieves: until then, no thread steals there. It waits in
/// user code: a task of another runtime may wait here for the caller's worker, while the caller waits for that task's.
void Scheduler::share_queues() noexcept {
    Carrier* self = this_carrier();
    {
        const Inside inside(self);
        if (self != nullptr && self->scheduler == this && self->worker != nullptr) {
            self->worker->admit_thieves();
        }
    }
    for (const auto& worker : slots()) {
        while (worker->does_all() && !worker->has_thieves.load(std::memory_order_acquire) &&
               !ended_.load(std::memory_order_acquire)) {
            {
                const std::lock_guard lock(carriers_.mutex);
                for (std::size_t i = 0; i < carriers_.size(); ++i) {
                    Carrier& carrier = carriers_[i];
                    const auto admit = [&] {
                        if (carrier.worker != nullptr) {
                            carrier.worker->admit_thieves();
                        }
                    };
                    if (&carrier != self) {  // if its worker was taken meanwhile, another carrier holds it
                        (void)carrier.while_outside(Carrier::any_stretch, admit);
                    }
                }
            }
            (void)wake(*worker);  // a worker that wakes up admits thieves itself
            weld::native::yield_now();
        }
    }
    notify();  // for tasks that were queued before there were any thieves
}

/// Ends the duty of a worker that has nothing left; the calling carrier becomes a spare. False when something is left.
bool Scheduler::retire(Carrier& carrier, Worker& worker) noexcept {
    stop_searching(worker, nullptr);
    while (Task* task = pop(worker)) {
        injector_.push(task);
        notify();
    }
    take_inbox(carrier);
    Loop& loop = *worker.loop.load(std::memory_order_relaxed);
    if (carrier.pinned != 0) {
        return false;
    }
    // The tasks that wait here resume elsewhere, and wait again.
    worker.timers.end_all([&](Task* task) { resume_on(worker, *task); });
    loop.evacuate();
    if (!worker.discards.is_empty()) {
        return false;  // the carrier empties it first, in user code
    }
    worker.stacks.empty(stacks_);
    {
        const std::lock_guard lock(carriers_.mutex);
        const Duty duty = worker.duty.load(std::memory_order_relaxed);
        if (duty == Duty::All || worker.queued() != 0) {
            return false;  // the worker was asked to stay, maybe only for a moment
        }
        {
            const std::lock_guard own(carrier.mutex);
            carrier.worker = nullptr;
        }
        worker.duty.store(Duty::None, std::memory_order_relaxed);
        stacks_.remove_spare(StackMagazine::capacity);
        carriers_.wake_claimants();  // the worker may have been the last to serve them
    }
    return true;
}

}  // namespace green
