// SPDX-License-Identifier: MIT
//
// The carriers of a scheduler: how they live, and how a worker goes from one to another.
#include "scheduler.hpp"

#include "exception_state.hpp"

#include <mutex>
#include <new>

namespace green {

Scheduler::Scheduler(std::size_t workers, std::size_t stack_size, std::size_t spares)
    : stacks_(stack_size), spare_count_(spares) {
    for (std::size_t i = 0; i < workers; ++i) {
        workers_.push_back(std::make_unique<Worker>());
        workers_.back()->index = i;
        workers_.back()->scheduler = this;
        workers_.back()->random = static_cast<std::uint32_t>(i) * 2654435761U + 1;
    }
}

Scheduler::~Scheduler() = default;

void* Scheduler::carrier_main(void* argument) {
    Carrier& carrier = *static_cast<Carrier*>(argument);
    weld::native::set_current_thread_name("green");
    carrier.scheduler->carry(carrier);
    return nullptr;
}

/// The life of a carrier: runs tasks while it holds a worker, waits for one while it does not.
void Scheduler::carry(Carrier& carrier) noexcept {
    Carrier* outer = this_carrier();
    set_this_carrier(&carrier);
    carrier.globals = exception_globals();
    annotate::begin_thread(carrier.stack);
    for (;;) {
        if (carrier.worker == nullptr) {
            await_worker(carrier);
            if (carrier.worker == nullptr) {
                break;
            }
        }
        Task* task = find(*carrier.worker);
        if (task == nullptr) {
            break;
        }
        go(carrier, nullptr, task, [](void*) noexcept {}, nullptr, false);
    }
    set_this_carrier(outer);
}

void Scheduler::await_worker(Carrier& carrier) noexcept {
    {
        const std::lock_guard lock(carriers_mutex_);
        carrier.next_spare = spares_;
        spares_ = &carrier;
    }
    for (;;) {
        {
            const std::lock_guard lock(carrier.mutex);
            if (carrier.worker != nullptr || ended_.load(std::memory_order_acquire)) {
                return;
            }
        }
        carrier.spare.park();
    }
}

bool Scheduler::hand_off(std::size_t index) noexcept {
    Carrier* spare = nullptr;
    {
        const std::lock_guard lock(carriers_mutex_);
        spare = spares_;
        if (spare == nullptr || index >= carriers_.size()) {
            return false;
        }
        Worker* worker = carriers_[index]->take();
        if (worker == nullptr) {
            return false;
        }
        spares_ = spare->next_spare;
        const std::lock_guard spare_lock(spare->mutex);
        spare->worker = worker;
    }
    spare->spare.unpark();
    return true;
}

weld::Result<void> Scheduler::run(Task& first) noexcept {
    const auto failed = [](auto why) { return std::unexpected(weld::Error("run", why)); };
    try {
        threads_.reserve(workers_.size() + spare_count_);
        for (std::size_t i = 0; i < workers_.size() + spare_count_; ++i) {
            carriers_.push_back(std::make_unique<Carrier>());
            carriers_.back()->scheduler = this;
            carriers_.back()->worker = i < workers_.size() ? workers_[i].get() : nullptr;
        }
    } catch (const std::bad_alloc&) {
        return failed(weld::Fault::OutOfMemory);
    }
    if (auto adopted = adopt(first, "run"); !adopted) {
        return adopted;
    }
    weld::Result<void> result;
    for (std::size_t i = 1; i < carriers_.size(); ++i) {
        auto thread = weld::native::Thread::spawn(&Scheduler::carrier_main, carriers_[i].get());
        if (!thread) {
            result = failed(thread.error());
            break;
        }
        threads_.push_back(*std::move(thread));
    }
    if (result) {
        injector_.push(&first);
        carry(*carriers_[0]);
    } else {
        stacks_.unreserve();
        first.release();
        ended_.store(true, std::memory_order_seq_cst);
        wake_all();
    }
    for (auto& thread : threads_) {
        (void)std::move(thread).join();
    }
    // A few instructions of theirs, unless they were interrupted in the middle of them.
    while (outsiders_.load(std::memory_order_acquire) != 0) {
        weld::native::yield_now();
    }
    return result;
}

}  // namespace green
