// SPDX-License-Identifier: MIT
//
// Tasks that stay on one carrier, and how other threads wake them.
#include "scheduler.hpp"

#include <mutex>

namespace green {

void Scheduler::count_pinned(Carrier& carrier) noexcept {
    ++carrier.pinned;
    if (carrier.worker != nullptr) {
        carrier.worker->is_plain.store(false, std::memory_order_relaxed);
    }
}

void Scheduler::pin(Carrier& carrier) noexcept {
    Task& task = *carrier.running;
    if (task.pins_++ == 0) {
        task.pinned_to_ = &carrier;
        count_pinned(carrier);
    }
}

void Scheduler::unpin(Task& task) noexcept {
    if (--task.pins_ == 0) {
        --task.pinned_to_->pinned;
        task.pinned_to_ = nullptr;
    }
}

/// Wakes a task on the carrier to which it is pinned.
void Scheduler::deliver(Task& task) noexcept {
    Carrier& carrier = *task.pinned_to_;
    if (this_carrier() == &carrier) {
        carrier.pinned_queue.push(&task);
        return;
    }
    Worker* worker = nullptr;
    {
        const std::lock_guard lock(carrier.mutex);
        carrier.inbox.push(&task);
        carrier.inbox_size.store(carrier.inbox.size(), std::memory_order_seq_cst);
        worker = carrier.worker;
    }
    if (worker != nullptr) {
        std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in fall_asleep
        wake(*worker);
    } else {
        carrier.spare.unpark();  // the carrier then claims a worker
    }
}

void Scheduler::take_inbox(Carrier& carrier) noexcept {
    if (carrier.inbox_size.load(std::memory_order_relaxed) == 0) [[likely]] {
        return;
    }
    const std::lock_guard lock(carrier.mutex);
    while (Task* task = carrier.inbox.pop()) {
        carrier.pinned_queue.push(task);
    }
    carrier.inbox_size.store(0, std::memory_order_relaxed);
}

}  // namespace green
