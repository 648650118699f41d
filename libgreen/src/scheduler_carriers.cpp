// SPDX-License-Identifier: MIT
//
// The carriers of a scheduler: how they live, and how a worker goes from one to another.
#include "scheduler.hpp"

#include "embodied.hpp"

#include <weld/native/thread.hpp>

#include <mutex>
#include <new>
#include <utility>

namespace green {

// ---- carriers -----------------------------------------------------------------------------------------

void* Scheduler::carrier_main(void* argument) {
    Carrier& carrier = *static_cast<Carrier*>(argument);
    weld::native::set_current_thread_name("green");
    carrier.scheduler->carry(carrier);
    return nullptr;
}

/// The life of a carrier: runs tasks while it holds a worker, waits for one while it does not.
void Scheduler::carry(Carrier& carrier) noexcept {
    const Embodied embodied(carrier, options_.overflow_report);
    for (;;) {
        if (carrier.worker == nullptr) {
            await_worker(carrier);
            if (carrier.worker == nullptr) {
                break;
            }
        }
        if (Task* task = find(carrier)) {
            run_task(carrier, *task);
        } else if (carrier.worker != nullptr) {
            break;
        }
    }
}

/// With the mutex of the carriers held. Null without the memory.
Carrier* Scheduler::make_carrier(Worker* worker) noexcept {
    try {
        carriers_.reserve(carriers_.size() + 1);
        threads_.reserve(carriers_.size() + 1);
        carriers_.push_back(std::make_unique<Carrier>());
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
    Carrier& carrier = *carriers_.back();
    first_ = first_ != nullptr ? first_ : &carrier;
    carrier.scheduler = this;
    carrier.worker = worker;
    carrier.switches_float_control = options_.float_control;
    return &carrier;
}

/// With the mutex held, of the carrier that was made last.
weld::sys::Result<void> Scheduler::start_thread(Carrier& carrier) noexcept {
    auto thread = weld::native::Thread::spawn(&Scheduler::carrier_main, &carrier);
    if (!thread) {
        return std::unexpected(thread.error());
    }
    threads_.push_back(*std::move(thread));
    return {};
}

/// With the mutex held: a carrier that waits for a worker, `any` or one to which nothing is pinned; or null.
Carrier* Scheduler::take_spare(bool any) noexcept {
    Carrier** place = &spares_;
    while (*place != nullptr && !any && (*place)->pinned != 0) {
        place = &(*place)->next_spare;
    }
    Carrier* spare = *place;
    if (spare != nullptr) {
        *place = spare->next_spare;
        if (std::exchange(spare->claims, false)) {
            claims_.fetch_sub(1, std::memory_order_relaxed);
        }
    }
    return spare;
}

void Scheduler::give(Carrier& spare, Worker& worker) noexcept {
    worker.is_plain.store(false, std::memory_order_relaxed);  // something may be pinned to this one
    {
        const std::lock_guard lock(spare.mutex);
        spare.worker = &worker;
    }
    spare.spare.unpark();
}

void Scheduler::await_worker(Carrier& carrier) noexcept {
    {
        const std::lock_guard lock(carriers_mutex_);
        carrier.next_spare = spares_;
        spares_ = &carrier;
    }
    end_if_all_ended();  // it may have ended the last task, and will not come by in fall_asleep
    for (;;) {
        bool has_tasks = carrier.pinned_queue.size() != 0;
        {
            const std::lock_guard lock(carrier.mutex);
            if (carrier.worker != nullptr || ended_.load(std::memory_order_acquire)) {
                return;
            }
            has_tasks = has_tasks || carrier.inbox.size() != 0;
        }
        if (has_tasks) {
            const std::lock_guard lock(carriers_mutex_);
            // In the list still, unless a worker is on its way.
            bool waits = false;
            for (const Carrier* spare = spares_; spare != nullptr && !waits; spare = spare->next_spare) {
                waits = spare == &carrier;
            }
            if (waits && !std::exchange(carrier.claims, true)) {
                claims_.fetch_add(1, std::memory_order_seq_cst);
            }
        }
        if (has_tasks) {
            notify();  // who wakes sees the claim
        }
        carrier.spare.park();
    }
}

/// Gives `worker` to a spare that has tasks which only it may run; false when there is none. The calling carrier is a
/// spare then.
bool Scheduler::give_to_claimant(Carrier& carrier, Worker& worker) noexcept {
    if (!worker.does_all()) {
        return false;
    }
    stop_searching(worker, nullptr);
    Carrier* claimant = nullptr;
    {
        const std::lock_guard lock(carriers_mutex_);
        Carrier** place = &spares_;
        while (*place != nullptr && !(*place)->claims) {
            place = &(*place)->next_spare;
        }
        if (*place == nullptr) {
            return false;
        }
        claimant = std::exchange(*place, (*place)->next_spare);
        claimant->claims = false;
        claims_.fetch_sub(1, std::memory_order_relaxed);
    }
    {
        const std::lock_guard lock(carrier.mutex);
        carrier.worker = nullptr;
    }
    give(*claimant, worker);
    return true;
}

bool Scheduler::hand_off(std::size_t index) noexcept {
    const std::lock_guard lock(carriers_mutex_);
    if (spares_ == nullptr || index >= carriers_.size()) {
        return false;
    }
    Worker* worker = carriers_[index]->take();
    if (worker == nullptr) {
        return false;
    }
    give(*take_spare(true), *worker);
    return true;
}

}  // namespace green
