// SPDX-License-Identifier: MIT
#include "scheduler.hpp"

#include "context/float_control.hpp"
#include "die.hpp"
#include "exception_state.hpp"
#include "fork.hpp"

namespace green {

namespace {

// A task's record is in a public header, so it stores the Context as a word.
static_assert(sizeof(Context) == sizeof(void*));
Context& context_of(void*& word) noexcept { return reinterpret_cast<Context&>(word); }

}  // namespace

// ---- the queue ----------------------------------------------------------------------------------------

[[gnu::always_inline]] inline void Scheduler::put_quickly(Worker& worker, Task* task) noexcept {
    // Behind the tasks that had no room before, to keep FIFO order.
    if (!worker.overflow.is_empty() || !worker.queue.push(task, task->context_)) [[unlikely]] {
        worker.is_plain.store(false, std::memory_order_relaxed);
        worker.overflow.push(task);
    }
}

void Scheduler::put(Worker& worker, Task* task) noexcept { put_quickly(worker, task); }

/// The first task of the queue, or else another task of the worker.
[[gnu::always_inline]] inline Task* Scheduler::pop_quickly(Worker& worker) noexcept {
    Task* task = worker.queue.pop(worker.has_thieves.load(std::memory_order_relaxed));
    return task != nullptr ? task : pop_rest(worker);
}

/// The first of the worker's tasks, of the kind that has its turn.
Task* Scheduler::pop(Worker& worker) noexcept {
    if (worker.serves_urgent) {
        if (Task* task = worker.urgent.pop(worker.has_thieves.load(std::memory_order_relaxed))) {
            return task;
        }
    }
    return pop_quickly(worker);
}

/// The next of the carrier's own tasks; pinned tasks and others alternate.
[[gnu::always_inline]] inline Task* Scheduler::pop_any(Carrier& carrier, Worker& worker) noexcept {
    return carrier.pinned_queue.size() == 0 && !worker.serves_urgent ? pop_quickly(worker)
                                                                     : pop_in_turn(carrier, worker);
}

Task* Scheduler::pop_in_turn(Carrier& carrier, Worker& worker) noexcept {
    carrier.pinned_before = !carrier.pinned_before && carrier.pinned_queue.size() != 0;
    if (carrier.pinned_before) {
        Task* task = carrier.pinned_queue.pop();
        return task != nullptr ? task : pop(worker);
    }
    Task* task = pop(worker);
    return task != nullptr ? task : carrier.pinned_queue.pop();
}

/// The task to switch to. Null when there is none, or when the budget gives the turn to the carrier, which looks at
/// everything else.
[[gnu::always_inline]] inline Task* Scheduler::next_in_turn(Carrier& carrier) noexcept {
    Worker* worker = carrier.worker;
    if (worker == nullptr) [[unlikely]] {
        return nullptr;
    }
    Task* next = worker->take_turn() ? pop_any(carrier, *worker) : nullptr;
    if (next == nullptr) {
        worker->vain_turns.tick();
    }
    return next;
}

// ---- switching ----------------------------------------------------------------------------------------

namespace {

/// The work for the other side of a switch, in builds that report the switch to a sanitizer first.
struct Crossing {
    annotate::Stack& from;
    annotate::Stack& to;
    Then then;
    void* argument;
};

[[maybe_unused]] GREEN_UNINSTRUMENTED void arrive(void* raw, Carrier& carrier) noexcept {
    // On the stack that is left: it must not be touched after `then`, which may let that stack resume.
    const Crossing crossing = *static_cast<Crossing*>(raw);
    annotate::arrive(crossing.from, crossing.to);
    if (crossing.then != nullptr) {
        crossing.then(crossing.argument, carrier);
    }
}

}  // namespace

/// The context that a switch leaves.
struct Scheduler::Left {
    Context& context;
    annotate::Stack* stack;  // null without a sanitizer
    bool for_good = false;
};

/// The sanitizers' annotation of `task`, or of the carrier's own stack.
GREEN_UNINSTRUMENTED annotate::Stack& Scheduler::annotation_of(Carrier& carrier, const Task* task) noexcept {
    return task != nullptr ? annotate::at(task->scheduler_->stacks_of(*task).top(static_cast<std::byte*>(task->stack_)))
                           : carrier.stack;
}

/// The calling task's context, or the carrier's own.
[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Scheduler::Left Scheduler::left_of(Carrier& carrier,
                                                                                      Task* task) noexcept {
    return {.context = task != nullptr ? context_of(task->context_) : carrier.home,
            .stack = annotate::on ? &annotation_of(carrier, task) : nullptr};
}

// Uninstrumented: the crossing must be on the real stack, and TSan must not see a frame begin on one fiber
// and end on another.
[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Carrier& Scheduler::cross(Carrier& carrier, const Left& left,
                                                                             Task* to, Then then,
                                                                             void* argument) noexcept {
    if (to != nullptr && to->context_ == nullptr) {
        bind_stack(carrier, *to);
    }
    const Context& taken = to != nullptr ? context_of(to->context_) : carrier.home;
    carrier.running = to;
    // State that belongs to the context that is left stays in its frame.
    const ExceptionState exceptions = get_exception_state(carrier.globals);
    Carrier* on = nullptr;
    if constexpr (annotate::on) {
        annotate::Stack& to_stack = annotation_of(carrier, to);
        Crossing crossing{*left.stack, to_stack, then, argument};
        annotate::leave(*left.stack, to_stack, left.for_good);
        on = &switch_context(left.context, taken, carrier, &arrive, &crossing);
    } else {
        on = &switch_context(left.context, taken, carrier, then, argument);
    }
    put_exception_state(on->globals, exceptions);
    return *on;
}

GREEN_SWITCHES Carrier& Scheduler::cross_with_float_control(Carrier& carrier, const Left& left, Task* to, Then then,
                                                            void* argument) noexcept {
    const FloatControl control = get_float_control();
    Carrier& on = cross(carrier, left, to, then, argument);
    put_float_control(control);
    return on;
}

[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Carrier& Scheduler::go(Carrier& carrier, const Left& left, Task* to,
                                                                          Then then, void* argument) noexcept {
    return carrier.switches_float_control ? cross_with_float_control(carrier, left, to, then, argument)
                                          : cross(carrier, left, to, then, argument);
}

namespace {

void put_back(void* task, Carrier& carrier) noexcept { Scheduler::resume(carrier, *static_cast<Task*>(task)); }

}  // namespace

/// The first frame of a task.
GREEN_SWITCHES void Scheduler::task_main(void* raw, Carrier& carrier) noexcept {
    Task& task = *static_cast<Task*>(raw);
    put_exception_state(carrier.globals, ExceptionState{});
    if (carrier.switches_float_control) {
        put_float_control(carrier.scheduler->float_control_);
    }
    carrier.leave();
    task.run();
    for (;;) {
        task.settle();
        Carrier* last = this_carrier();
        if (last == nullptr) [[unlikely]] {
            die("green: ", "a task ended", after_fork);
        }
        last->enter();
        // Once the task has finished, its block may be gone: the data still needed are copied here.
        Context nowhere;
        const Left left{
            .context = nowhere, .stack = annotate::on ? &annotation_of(*last, &task) : nullptr, .for_good = true};
        Ending ending{.stack = static_cast<std::byte*>(task.stack_),
                      .pool = last->scheduler->stacks_of(task),
                      .is_usual = task.stack_class_ == 0,
                      .is_pinned = task.pinned_to_ != nullptr};
        if (task.finish(*last)) {
            go(*last, left, next_in_turn(*last), &Scheduler::end_task, &ending);
            __builtin_unreachable();
        }
        last->leave();
    }
}

/// Runs `task`, and others after it, until the carrier has its turn.
GREEN_SWITCHES void Scheduler::run_task(Carrier& carrier, Task& task) noexcept {
    carrier.worker->turns.tick();
    go(carrier, left_of(carrier, nullptr), &task, nullptr, nullptr);
}

/// Runs `task` now, and puts the calling task at the end of the queue.
GREEN_SWITCHES Carrier& Scheduler::run_before(Carrier& carrier, Task& task) noexcept {
    Task* self = carrier.running;
    NoSwitch::check(*self);
    carrier.worker->turns.tick();
    return go(carrier, left_of(carrier, self), &task, &put_back, self);
}

GREEN_SWITCHES Carrier& Scheduler::suspend(Carrier& carrier, Then then, void* argument) noexcept {
    Task* self = carrier.running;
    if (self->no_switch_ != nullptr) [[unlikely]] {
        die_of_switch(*self->no_switch_);
    }
    return go(carrier, left_of(carrier, self), next_in_turn(carrier), then, argument);
}

[[gnu::always_inline]] GREEN_UNINSTRUMENTED inline Carrier& Scheduler::yield_quickly(Carrier& carrier) noexcept {
    Task* self = carrier.running;
    Worker* worker = carrier.worker;
    if (worker == nullptr || self->no_switch_ != nullptr || !worker->is_plain.load(std::memory_order_relaxed) ||
        !worker->take_turn()) [[unlikely]] {
        return yield_slowly(carrier);
    }
    // No other thread looks at the queue, so the task may be in it before it is off its stack.
    Task* next = worker->queue.rotate(self, self->context_);
    if (next == nullptr) [[unlikely]] {
        worker->vain_turns.tick();
        return carrier;
    }
    return cross(carrier, left_of(carrier, self), next, nullptr, nullptr);
}

GREEN_SWITCHES Carrier& Scheduler::yield(Carrier& carrier) noexcept { return yield_quickly(carrier); }

GREEN_SWITCHES void Scheduler::yield_now() noexcept {
    Carrier* carrier = carrier_of_thread;
    if (carrier == nullptr) [[unlikely]] {
        die_outside_task("green::thread::yield_now");
    }
    carrier->enter();
    yield_quickly(*carrier).leave();
}

GREEN_SWITCHES Carrier& Scheduler::yield_slowly(Carrier& carrier) noexcept {
    Task* self = carrier.running;
    NoSwitch::check(*self);
    Task* next = next_in_turn(carrier);
    if (next == nullptr && carrier.worker != nullptr && !carrier.worker->budget_is_used()) {
        return carrier;  // there is no other task, and the carrier does not have its turn
    }
    return go(carrier, left_of(carrier, self), next, &put_back, self);
}

Carrier& Scheduler::with_worker(Carrier& carrier) noexcept {
    Carrier* on = &carrier;
    while (on->worker == nullptr) {
        on = &suspend(*on, &put_back, on->running);
    }
    return *on;
}

// ---- scheduling a task --------------------------------------------------------------------------------

void Scheduler::schedule(Task& task) noexcept {
    Carrier* carrier = this_carrier();
    if (carrier != nullptr && carrier->scheduler == this) {
        const Inside inside(carrier);
        resume(*carrier, task);
        monitor_.ring();  // the task waits for the calling task's turn to end
        return;
    }
    if (is_another_process()) [[unlikely]] {
        die("green: ", "a task was woken", after_fork);
    }
    // Once the task is queued, it may run to its end, and the runtime to its own, while this thread is still in here.
    outsiders_.fetch_add(1, std::memory_order_relaxed);  // a mutex publishes it to the thread that runs the task
    hand_over(task);
    outsiders_.fetch_sub(1, std::memory_order_release);  // pairs with the acquire in end_threads
}

[[gnu::always_inline]] inline void Scheduler::resume_quickly(Worker& worker, Task& task, bool is_urgent) noexcept {
    Scheduler& scheduler = *worker.scheduler;
    if (task.scheduler_ != &scheduler) [[unlikely]] {
        task.scheduler_->schedule(task);
    } else if (task.pinned_to_ != nullptr || !worker.does_all()) [[unlikely]] {
        scheduler.hand_over(task);
    } else {
        is_urgent ? put_urgent(worker, &task) : put_quickly(worker, &task);
        if (worker.has_thieves.load(std::memory_order_relaxed)) {  // otherwise the holder is awake: it is the caller
            scheduler.notify();
        }
    }
}

void Scheduler::resume_on(Worker& worker, Task& task) noexcept { resume_quickly(worker, task, true); }

void Scheduler::resume(Carrier& carrier, Task& task) noexcept {
    if (carrier.worker != nullptr) [[likely]] {
        resume_quickly(*carrier.worker, task, false);
    } else if (task.scheduler_ != carrier.scheduler) {
        task.scheduler_->schedule(task);
    } else {
        carrier.scheduler->hand_over(task);
    }
}

/// Schedules a task that no worker at hand can queue.
void Scheduler::hand_over(Task& task) noexcept {
    if (task.pinned_to_ != nullptr) {
        deliver(task);
    } else {
        injector_.push(&task);
        notify();
    }
}

}  // namespace green
