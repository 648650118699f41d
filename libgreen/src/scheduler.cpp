// SPDX-License-Identifier: MIT
#include "scheduler.hpp"

#include "context/float_control.hpp"
#include "die.hpp"
#include "exception_state.hpp"
#include "fork.hpp"

#include <mutex>

namespace green {

namespace {

constexpr std::size_t most_from_overflow = RunQueue::capacity / 2;

// A task's record is in a public header, so it holds this as a word.
static_assert(sizeof(Context) == sizeof(void*));
Context& context_of(void*& word) noexcept { return reinterpret_cast<Context&>(word); }

}  // namespace

// ---- the queue ----------------------------------------------------------------------------------------

[[gnu::always_inline]] inline bool Scheduler::push(Worker& worker, Task* task) noexcept {
    // Before its first run a task has no stack that could be fetched.
    return worker.queue.push(task, task->stack_ != nullptr ? task->context_ : nullptr);
}

[[gnu::always_inline]] inline void Scheduler::put_quickly(Worker& worker, Task* task) noexcept {
    // Behind those that had no room before, so that they keep their order.
    if (!worker.overflow.is_empty() || !push(worker, task)) [[unlikely]] {
        worker.overflow.push(task);
    }
}

void Scheduler::put(Worker& worker, Task* task) noexcept { put_quickly(worker, task); }

/// The first of the worker's own tasks.
[[gnu::always_inline]] inline Task* Scheduler::pop_quickly(Worker& worker) noexcept {
    Task* task = worker.queue.pop(worker.has_thieves.load(std::memory_order_relaxed));
    return task != nullptr || worker.overflow.is_empty() ? task : pop_overflow(worker);
}

Task* Scheduler::pop(Worker& worker) noexcept { return pop_quickly(worker); }

/// The first of those that had no room. Others move up.
Task* Scheduler::pop_overflow(Worker& worker) noexcept {
    return worker.overflow.take(1, most_from_overflow, [&](Task* task) { (void)push(worker, task); });
}

/// The next of the carrier's own tasks, those that are pinned to it and the others in turn.
[[gnu::always_inline]] inline Task* Scheduler::pop_any(Carrier& carrier, Worker& worker) noexcept {
    return carrier.pinned_queue.size() == 0 ? pop_quickly(worker) : pop_in_turn(carrier, worker);
}

Task* Scheduler::pop_in_turn(Carrier& carrier, Worker& worker) noexcept {
    carrier.pinned_before = !carrier.pinned_before;
    if (carrier.pinned_before) {
        Task* task = carrier.pinned_queue.pop();
        return task != nullptr ? task : pop(worker);
    }
    Task* task = pop(worker);
    return task != nullptr ? task : carrier.pinned_queue.pop();
}

/// The task to switch to; null when there is none, or when by the budget the carrier's turn has come, to look at all
/// the rest.
[[gnu::always_inline]] inline Task* Scheduler::next_in_turn(Carrier& carrier) noexcept {
    Worker* worker = carrier.worker;
    return worker != nullptr && --worker->budget > 0 ? pop_any(carrier, *worker) : nullptr;
}

// ---- switching ----------------------------------------------------------------------------------------

namespace {

/// What is to be done on the other side, when a sanitizer has to be told first.
struct Crossing {
    annotate::Stack& from;
    annotate::Stack& to;
    Then then;
    void* argument;
};

[[maybe_unused]] void arrive(void* raw, Carrier& carrier) noexcept {
    // On the stack that is left: it must not be touched after `then`, which may let it go on.
    const Crossing crossing = *static_cast<Crossing*>(raw);
    annotate::arrive(crossing.from, crossing.to);
    if (crossing.then != nullptr) {
        crossing.then(crossing.argument, carrier);
    }
}

}  // namespace

// Uninstrumented: the crossing has to be on the real stack, and TSan has to see no frame begin on one fiber
// and end on another.
[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Carrier& Scheduler::go(Carrier& carrier, Task* from, Task* to,
                                                                          Then then, void* argument,
                                                                          bool for_good) noexcept {
    if (to != nullptr) {
        if (to->stack_ == nullptr) {
            bind_stack(carrier, *to);
        }
        carrier.worker->switches.add();
    }
    Context& left = from != nullptr ? context_of(from->context_) : carrier.home;
    const Context& taken = to != nullptr ? context_of(to->context_) : carrier.home;
    carrier.running = to;
    // What belongs to the context that is left stays in its frame.
    const ExceptionState exceptions = get_exception_state(carrier.globals);
    const bool has_float_control = carrier.switches_float_control;
    FloatControl float_control;  // NOLINT(cppcoreguidelines-pro-type-member-init): read only if it was written
    if (has_float_control) [[unlikely]] {
        float_control = get_float_control();
    }
    Carrier* on = nullptr;
    if constexpr (annotate::on) {
        const auto stack_of = [&](Task* task) -> annotate::Stack& {
            return task != nullptr
                       ? annotate::at(task->scheduler_->stacks_of(*task).top(static_cast<std::byte*>(task->stack_)))
                       : carrier.stack;
        };
        annotate::Stack& from_stack = stack_of(from);
        annotate::Stack& to_stack = stack_of(to);
        Crossing crossing{from_stack, to_stack, then, argument};
        annotate::leave(from_stack, to_stack, for_good);
        on = &switch_context(left, taken, carrier, &arrive, &crossing);
    } else {
        on = &switch_context(left, taken, carrier, then, argument);
    }
    put_exception_state(on->globals, exceptions);
    if (has_float_control) [[unlikely]] {
        put_float_control(float_control);
    }
    return *on;
}

namespace {

void put_back(void* task, Carrier& carrier) noexcept { Scheduler::resume(carrier, *static_cast<Task*>(task)); }

}  // namespace

/// The first frames of a task.
GREEN_UNINSTRUMENTED void Scheduler::task_main(void* raw, Carrier& carrier) noexcept {
    Task& task = *static_cast<Task*>(raw);
    put_exception_state(carrier.globals, ExceptionState{});
    if (carrier.switches_float_control) {
        put_float_control(carrier.scheduler->float_control_);
    }
    carrier.leave();
    task.run();
    Carrier& last = *this_carrier();
    last.enter();
    task.finish(last);
    go(last, &task, next_in_turn(last), &Scheduler::end_task, &task, true);
    __builtin_unreachable();
}

/// Runs `task`, and others after it, until it is the carrier's turn.
GREEN_UNINSTRUMENTED void Scheduler::run_task(Carrier& carrier, Task& task) noexcept {
    go(carrier, nullptr, &task, nullptr, nullptr, false);
}

/// Runs `task`, and the calling one after what is queued.
GREEN_UNINSTRUMENTED void Scheduler::run_before(Carrier& carrier, Task& task) noexcept {
    go(carrier, carrier.running, &task, &put_back, carrier.running, false);
}

GREEN_UNINSTRUMENTED Carrier& Scheduler::suspend(Carrier& carrier, Then then, void* argument) noexcept {
    Task* self = carrier.running;
    if (self->no_switch_ != nullptr) [[unlikely]] {
        die_of_switch(*self->no_switch_);
    }
    return go(carrier, self, next_in_turn(carrier), then, argument, false);
}

GREEN_UNINSTRUMENTED Carrier& Scheduler::yield(Carrier& carrier) noexcept {
    Task* self = carrier.running;
    if (self->no_switch_ != nullptr) [[unlikely]] {
        die_of_switch(*self->no_switch_);
    }
    Worker* worker = carrier.worker;
    if (worker == nullptr || --worker->budget <= 0) {
        return go(carrier, self, nullptr, &put_back, self, false);
    }
    if (!worker->has_thieves.load(std::memory_order_relaxed) && carrier.pinned == 0) {
        // Nobody else looks at the queue, so it may be in there before it is off its stack.
        put_quickly(*worker, self);
        Task* next = pop_quickly(*worker);
        return next == self ? carrier : go(carrier, self, next, nullptr, nullptr, false);
    }
    Task* next = pop_any(carrier, *worker);
    return next == nullptr ? carrier : go(carrier, self, next, &put_back, self, false);
}

Carrier& Scheduler::yield_to_loop(Carrier& carrier) noexcept {
    if (carrier.worker != nullptr) {
        carrier.worker->budget = 0;
    }
    return yield(carrier);
}

Carrier& Scheduler::with_worker(Carrier& carrier) noexcept {
    Carrier* on = &carrier;
    while (on->worker == nullptr) {
        on = &suspend(*on, &put_back, on->running);
    }
    return *on;
}

void Scheduler::pin(Carrier& carrier) noexcept {
    Task& task = *carrier.running;
    if (task.pins_++ == 0) {
        task.pinned_to_ = &carrier;
        ++carrier.pinned;
    }
}

void Scheduler::unpin(Task& task) noexcept {
    if (--task.pins_ == 0) {
        --task.pinned_to_->pinned;
        task.pinned_to_ = nullptr;
    }
}

// ---- letting tasks run --------------------------------------------------------------------------------

void Scheduler::schedule(Task& task) noexcept {
    Carrier* carrier = this_carrier();
    if (carrier != nullptr && carrier->scheduler == this) {
        const Inside inside(carrier);
        resume(*carrier, task);
        return;
    }
    if (forks_ != fork_count()) [[unlikely]] {
        die("green: ", "a task was woken", after_fork);
    }
    // Once it is queued, it may run to its end and the runtime to its own, with this thread still in here.
    outsiders_.fetch_add(1, std::memory_order_relaxed);  // a mutex takes it to whoever runs the task
    if (task.pinned_to_ != nullptr) {
        deliver(task);
    } else {
        injector_.push(&task);
        notify();
    }
    outsiders_.fetch_sub(1, std::memory_order_release);  // pairs with the acquire in run
}

void Scheduler::resume(Carrier& carrier, Task& task) noexcept {
    if (task.scheduler_ != carrier.scheduler) [[unlikely]] {
        task.scheduler_->schedule(task);
    } else if (carrier.worker != nullptr) [[likely]] {
        resume_on(*carrier.worker, task);
    } else if (task.pinned_to_ != nullptr) {
        deliver(task);
    } else {
        carrier.scheduler->injector_.push(&task);
        carrier.scheduler->notify();
    }
}

void Scheduler::resume_on(Worker& worker, Task& task) noexcept {
    Scheduler& scheduler = *worker.scheduler;
    if (task.scheduler_ != &scheduler) [[unlikely]] {
        task.scheduler_->schedule(task);
    } else if (task.pinned_to_ != nullptr) [[unlikely]] {
        deliver(task);
    } else if (!worker.does_all()) [[unlikely]] {
        scheduler.injector_.push(&task);
        scheduler.notify();
    } else {
        put_quickly(worker, &task);
        if (worker.has_thieves.load(std::memory_order_relaxed)) {  // else the holder is awake, and calls
            scheduler.notify();
        }
    }
}

/// Lets a task run on the carrier to which it is pinned.
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
        std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in sleep
        wake(*worker);
    } else {
        carrier.spare.unpark();  // it asks for a worker
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
