// SPDX-License-Identifier: MIT
//
// How a task begins and ends, its stack, and how the runtime detects the end of the last task.
#include "scheduler.hpp"

#include "die.hpp"
#include "fork.hpp"

#include <algorithm>
#include <bit>
#include <mutex>
#include <new>

namespace green {

namespace {

/// Returns when the calling task's carrier holds a worker whose budget is not used up, for a switch that counts as a
/// turn of the task.
Carrier& with_budget(Carrier& carrier) noexcept {
    Carrier* on = &Scheduler::with_worker(carrier);
    if (on->worker->turns.get() + 1 >= on->worker->turn_end.load(std::memory_order_relaxed)) {
        on = &Scheduler::with_worker(Scheduler::yield_to_loop(*on));
    }
    return *on;
}

}  // namespace

Task* Scheduler::current() noexcept {
    Carrier* carrier = this_carrier();
    return carrier != nullptr ? carrier->running : nullptr;
}

StackPool& Scheduler::stacks_of(const Task& task) const noexcept {
    return task.stack_class_ == 0 ? const_cast<StackPool&>(stacks_)
                                  : *other_stacks_[task.stack_class_].load(std::memory_order_acquire);
}

const std::byte* Scheduler::stack_of(const Task& task) noexcept { return static_cast<const std::byte*>(task.stack_); }

std::size_t Scheduler::stack_size_of(const Task& task) noexcept { return std::size_t{task.stack_pages_} * 4096; }

std::size_t Scheduler::high_water_of(const Task& task) noexcept {
    return task.is_finished() || task.stack_ == nullptr
               ? 0
               : task.scheduler_->stacks_of(task).high_water(static_cast<const std::byte*>(task.stack_));
}

/// Reserves a stack of the task's size, in the magazine of `worker` if there is one.
weld::sys::Result<void> Scheduler::reserve_stack(Worker* worker, Task& task, std::size_t size) noexcept {
    if (size == 0) [[likely]] {
        if (worker != nullptr) [[likely]] {
            return worker->stacks.reserve(stacks_);
        }
    } else {
        // Only powers of two: with few sizes, stacks can be reused.
        constexpr std::size_t least = 16 * 1024;
        task.stack_class_ = static_cast<std::uint8_t>(std::bit_width(std::max(size, least) - 1));
        std::atomic<StackPool*>& place = other_stacks_[task.stack_class_ % stack_classes];
        if (task.stack_class_ >= stack_classes - 1) {
            return std::unexpected(weld::sys::Errno::Nomem);
        }
        if (place.load(std::memory_order_acquire) == nullptr) {
            const std::lock_guard lock(carriers_.mutex);
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

void Scheduler::free_stack(Worker* worker, StackPool& pool, std::byte* stack, bool is_usual) noexcept {
    if constexpr (annotate::on) {
        annotate::end(annotate::at(pool.top(stack)));
    }
    if (is_usual && worker != nullptr) [[likely]] {
        worker->stacks.give(pool, stack);
        worker->stacks.unreserve(pool);
    } else {
        pool.give(stack);
        pool.unreserve();
    }
}

/// Prepares everything that a task needs to run.
[[gnu::always_inline]] inline weld::Result<void> Scheduler::enlist(Task& task, Carrier* carrier,
                                                                   const Operation& operation,
                                                                   const thread::Options& options) noexcept {
    if (const auto reserved = reserve_stack(carrier != nullptr ? carrier->worker : nullptr, task, options.stack_size);
        !reserved) [[unlikely]] {
        return std::unexpected(weld::Error(operation.mapping, reserved.error()));
    }
    task.scheduler_ = this;
    task.stack_pages_ = static_cast<std::uint32_t>(stacks_of(task).usable() / 4096);
    if (options.pin == Pin::Own) [[unlikely]] {
        if (const auto pinned = pin_to_own(task); !pinned) {
            stacks_of(task).unreserve();
            return std::unexpected(weld::Error(operation.name, pinned.error()));
        }
    }
    task.references_.store(task.references_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return {};
}

weld::Result<void> Scheduler::start(Task& task, Carrier* carrier, const Operation& operation,
                                    const thread::Options& options) noexcept {
    if (carrier == nullptr || carrier->scheduler != this) {
        return start_outside(task, operation, options);
    }
    carrier->enter();
    if (options.run_now) [[unlikely]] {
        carrier = &with_budget(*carrier);  // a chain of these is subject to the budget too
    }
    if (auto enlisted = enlist(task, carrier, operation, options); !enlisted) [[unlikely]] {
        carrier->leave();
        return enlisted;
    }
    if (options.pin == Pin::Here) {
        task.pinned_to_ = carrier;
        task.pins_ = 1;
        count_pinned(*carrier);
    }
    if (Worker* worker = carrier->worker; worker != nullptr) [[likely]] {
        worker->started.add();
        if (options.run_now && task.pinned_to_ == nullptr && worker->does_all()) {
            run_before(*carrier, task).leave();
            return {};
        }
    } else {
        started_outside_.fetch_add(1, std::memory_order_relaxed);
    }
    resume(*carrier, task);
    monitor_.ring();  // the task waits for the calling task's turn to end
    carrier->leave();
    return {};
}

weld::Result<void> Scheduler::start_outside(Task& task, const Operation& operation,
                                            const thread::Options& options) noexcept {
    if (is_another_process()) [[unlikely]] {
        die("green: ", "a task was spawned", after_fork);
    }
    {
        const std::lock_guard lock(carriers_.mutex);
        if (closed_ || options.pin == Pin::Here) {
            return std::unexpected(weld::Error(operation.name, weld::Fault::InvalidInput));
        }
        outsiders_.fetch_add(1, std::memory_order_relaxed);
        started_outside_.fetch_add(1, std::memory_order_relaxed);  // so that the runtime does not end meanwhile
    }
    auto enlisted = enlist(task, nullptr, operation, options);
    if (!enlisted) {
        ended_outside_.fetch_add(1, std::memory_order_seq_cst);
        end_if_all_ended();
    } else {
        hand_over(task);
    }
    outsiders_.fetch_sub(1, std::memory_order_release);  // pairs with the acquire in end_threads
    return enlisted;
}

// On the stack of the next context: no thread uses the old stack any more.
void Scheduler::end_task(void* raw, Carrier& carrier) noexcept {
    const Ending ending = *static_cast<const Ending*>(raw);
    Worker* worker = carrier.worker;
    if (ending.is_pinned) {
        --carrier.pinned;
    }
    free_stack(worker, ending.pool, ending.stack, ending.is_usual);
    if (worker != nullptr) [[likely]] {
        worker->ended.add();
    } else {
        Scheduler& scheduler = *carrier.scheduler;
        scheduler.ended_outside_.fetch_add(1, std::memory_order_seq_cst);
        scheduler.end_if_all_ended();
    }
}

/// To be called, before it sleeps, by a carrier that may have ended a task.
void Scheduler::end_if_all_ended() noexcept {
    // Each of two carriers that end the last tasks stores its count before the fence and reads the other's after it.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (held_.load(std::memory_order_relaxed) || ended_.load(std::memory_order_relaxed)) {
        return;
    }
    // First what ended, then what was started: if both are equal, they were equal at a moment between.
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
