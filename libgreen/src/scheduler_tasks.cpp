// SPDX-License-Identifier: MIT
//
// How a task begins and ends: its stack, and when the last one has ended.
#include "scheduler.hpp"

#include "die.hpp"
#include "fork.hpp"

#include <algorithm>
#include <bit>
#include <mutex>
#include <new>

namespace green {

Task* Scheduler::current() noexcept {
    Carrier* carrier = this_carrier();
    return carrier != nullptr ? carrier->running : nullptr;
}

StackPool& Scheduler::stacks_of(const Task& task) const noexcept {
    return task.stack_class_ == 0 ? const_cast<StackPool&>(stacks_)
                                  : *other_stacks_[task.stack_class_].load(std::memory_order_acquire);
}

const std::byte* Scheduler::stack_of(const Task& task) noexcept { return static_cast<const std::byte*>(task.stack_); }

std::size_t Scheduler::stack_size_of(const Task& task) noexcept { return task.scheduler_->stacks_of(task).usable(); }

std::size_t Scheduler::high_water_of(const Task& task) noexcept {
    return task.is_finished() || task.stack_ == nullptr
               ? 0
               : task.scheduler_->stacks_of(task).high_water(static_cast<const std::byte*>(task.stack_));
}

/// Reserves a stack of the task's size, in the magazine of `worker` if there is one.
weld::sys::Result<void> Scheduler::reserve_stack(Worker* worker, Task& task) noexcept {
    if (task.stack_size_ == 0) [[likely]] {
        if (worker != nullptr) [[likely]] {
            return worker->stacks.reserve(stacks_);
        }
    } else {
        // Few sizes, so that stacks go round: powers of two.
        constexpr std::size_t least = 16 * 1024;
        task.stack_class_ = static_cast<std::uint8_t>(std::bit_width(std::max(task.stack_size_, least) - 1));
        std::atomic<StackPool*>& place = other_stacks_[task.stack_class_ % stack_classes];
        if (task.stack_class_ >= stack_classes - 1) {
            return std::unexpected(weld::sys::Errno::Nomem);
        }
        if (place.load(std::memory_order_acquire) == nullptr) {
            const std::lock_guard lock(carriers_mutex_);
            if (place.load(std::memory_order_relaxed) == nullptr) {
                auto* made = new (std::nothrow) StackPool(std::size_t{1} << task.stack_class_);
                if (made == nullptr) {
                    return std::unexpected(weld::sys::Errno::Nomem);
                }
                place.store(made, std::memory_order_release);
                used_classes_.fetch_or(std::uint64_t{1} << task.stack_class_, std::memory_order_release);
            }
        }
    }
    if (const auto reserved = stacks_of(task).reserve(); !reserved) {
        return std::unexpected(reserved.error());
    }
    return {};
}

void Scheduler::bind_stack(Carrier& carrier, Task& task) noexcept {
    const Scheduler& scheduler = *task.scheduler_;
    StackPool& pool = scheduler.stacks_of(task);
    std::byte* stack =
        task.stack_class_ == 0 && carrier.worker != nullptr ? carrier.worker->stacks.take(pool) : pool.take();
    task.stack_ = stack;
    std::byte* top = pool.top(stack);
    if constexpr (annotate::on) {
        annotate::begin(*::new (top - annotate::room) annotate::Stack{.lowest = stack, .size = pool.usable()});
    }
    task.context_ = make_context(top - annotate::room, &Scheduler::task_main, &task).stack_pointer;
}

void Scheduler::free_stack(Worker* worker, Task& task) noexcept {
    StackPool& pool = task.scheduler_->stacks_of(task);
    auto* stack = static_cast<std::byte*>(task.stack_);
    if constexpr (annotate::on) {
        annotate::end(annotate::at(pool.top(stack)));
    }
    if (task.stack_class_ == 0 && worker != nullptr) [[likely]] {
        worker->stacks.give(pool, stack);
        worker->stacks.unreserve(pool);
    } else {
        pool.give(stack);
        pool.unreserve();
    }
}

weld::Result<void> Scheduler::start(Task& task, const Operation& operation, bool run_now) noexcept {
    const auto failed = [&](auto why) { return std::unexpected(weld::Error(operation.name, why)); };
    Carrier* carrier = this_carrier();
    const bool outside = carrier == nullptr || carrier->scheduler != this;
    if (forks_ != fork_count()) [[unlikely]] {
        die("green: ", "a task was spawned", after_fork);
    }
    const Inside inside(outside ? nullptr : carrier);
    Worker* worker = outside ? nullptr : carrier->worker;
    if (outside) {
        if (task.pin_how_ == Pin::Here) {
            return failed(weld::Fault::InvalidInput);
        }
        const std::lock_guard lock(carriers_mutex_);
        if (closed_) {
            return failed(weld::Fault::InvalidInput);
        }
        outsiders_.fetch_add(1, std::memory_order_relaxed);
        started_outside_.fetch_add(1, std::memory_order_relaxed);  // so that it does not end meanwhile
    }
    auto reserved = reserve_stack(worker, task);
    const bool has_stack = reserved.has_value();
    if (has_stack) {
        task.scheduler_ = this;
        if (task.pin_how_ == Pin::Own) {
            reserved = pin_to_own(task);
            if (!reserved) {
                stacks_of(task).unreserve();
            }
        }
    }
    if (!reserved) {
        if (outside) {
            ended_outside_.fetch_add(1, std::memory_order_seq_cst);
            end_if_all_ended();
            outsiders_.fetch_sub(1, std::memory_order_release);
        }
        return std::unexpected(weld::Error(has_stack ? operation.name : operation.mapping, reserved.error()));
    }
    task.references_.store(task.references_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (outside) {
        if (task.pinned_to_ != nullptr) {
            deliver(task);
        } else {
            injector_.push(&task);
            notify();
        }
        outsiders_.fetch_sub(1, std::memory_order_release);
        return {};
    }
    if (task.pin_how_ == Pin::Here) {
        task.pinned_to_ = carrier;
        task.pins_ = 1;
        ++carrier->pinned;
    }
    if (worker != nullptr) [[likely]] {
        worker->started.add();
    } else {
        started_outside_.fetch_add(1, std::memory_order_relaxed);
    }
    if (run_now && worker != nullptr && task.pinned_to_ == nullptr) {
        run_before(*carrier, task);
    } else {
        resume(*carrier, task);
    }
    return {};
}

// On the stack of whoever came next: the old one is nobody's now.
void Scheduler::end_task(void* raw, Carrier& carrier) noexcept {
    Task& task = *static_cast<Task*>(raw);
    Worker* worker = carrier.worker;
    Scheduler& scheduler = *carrier.scheduler;
    if (task.pinned_to_ != nullptr) {
        --carrier.pinned;
    }
    free_stack(worker, task);
    task.release();
    if (worker != nullptr) [[likely]] {
        worker->ended.add();
    } else {
        scheduler.ended_outside_.fetch_add(1, std::memory_order_seq_cst);
        scheduler.end_if_all_ended();
    }
}

/// Whoever ended a task comes by, before it sleeps.
void Scheduler::end_if_all_ended() noexcept {
    // Each of two that end the last tasks stores its count before the fence and reads the other's behind it.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (held_.load(std::memory_order_relaxed) || ended_.load(std::memory_order_relaxed)) {
        return;
    }
    // First what ended, then what was started: equal, they were equal at a moment between.
    std::uint64_t ended = ended_outside_.load(std::memory_order_acquire);
    for (const auto& worker : slots()) {
        ended += worker->ended.get();
    }
    std::uint64_t started = started_outside_.load(std::memory_order_acquire);
    for (const auto& worker : slots()) {
        started += worker->started.get();
    }
    if (started == ended) {
        ended_.store(true, std::memory_order_seq_cst);
        wake_all();
        owner_.unpark();
    }
}

}  // namespace green
