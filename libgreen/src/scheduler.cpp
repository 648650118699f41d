// SPDX-License-Identifier: MIT
#include "scheduler.hpp"

#include "exception_state.hpp"

#include <weld/print.hpp>

#include <algorithm>
#include <cassert>
#include <mutex>
#include <new>

namespace green {

namespace {

constexpr std::size_t least_turns = 64;  // of tasks, between two of the carrier's
constexpr std::size_t most_turns = 1024;
constexpr std::size_t most_from_injector = RunQueue::capacity / 4;
constexpr std::size_t most_from_overflow = RunQueue::capacity / 2;

// A task's record is in a public header, so it holds these as words.
static_assert(sizeof(Context) == 3 * sizeof(void*) && sizeof(annotate::Stack) == 4 * sizeof(void*));
Context& context_of(void* (&words)[3]) noexcept { return reinterpret_cast<Context&>(words); }
annotate::Stack& annotation_of(void* (&words)[4]) noexcept { return reinterpret_cast<annotate::Stack&>(words); }

}  // namespace

// ---- tasks --------------------------------------------------------------------------------------------

Task* Scheduler::current() noexcept {
    Carrier* carrier = this_carrier();
    return carrier != nullptr ? carrier->running : nullptr;
}

weld::Result<void> Scheduler::adopt(Task& task, const char* operation) noexcept {
    if (const auto reserved = stacks_.reserve(); !reserved) {
        return std::unexpected(weld::Error(operation, reserved.error()));
    }
    task.scheduler_ = this;
    task.acquire();
    tasks_.fetch_add(1, std::memory_order_relaxed);
    return {};
}

void Scheduler::bind_stack(Task& task) noexcept {
    std::byte* stack = stacks_.take();
    task.stack_ = stack;
    context_of(task.context_) = make_context(stacks_.top(stack), &Scheduler::task_main, &task);
    annotate::Stack& annotation = annotation_of(task.sanitizer_);
    annotation = {.lowest = stack, .size = stacks_.usable()};
    annotate::begin(annotation);
}

void Scheduler::task_main(void* raw) noexcept {
    Task& task = *static_cast<Task*>(raw);
    this_carrier()->leave();
    task.run();
    this_carrier()->enter();
    task.finish();
    Carrier& carrier = *this_carrier();
    go(carrier, &task, next_in_turn(carrier.worker), &Scheduler::end_task, &task, true);
    __builtin_unreachable();
}

// On the stack of whoever came next: the old one is nobody's now.
void Scheduler::end_task(void* raw) noexcept {
    Task& task = *static_cast<Task*>(raw);
    Scheduler& scheduler = *task.scheduler_;
    annotate::end(annotation_of(task.sanitizer_));
    scheduler.stacks_.give(static_cast<std::byte*>(task.stack_));
    scheduler.stacks_.unreserve();
    task.release();
    // Release orders the end of this task before the end of the runtime, for whoever sees zero.
    if (scheduler.tasks_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        scheduler.ended_.store(true, std::memory_order_seq_cst);
        scheduler.wake_all();
    }
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

[[maybe_unused]] void arrive(void* raw) noexcept {
    // On the stack that is left: it must not be touched after `then`, which may let it go on.
    const Crossing crossing = *static_cast<Crossing*>(raw);
    annotate::arrive(crossing.from, crossing.to);
    crossing.then(crossing.argument);
}

}  // namespace

// Uninstrumented: the crossing has to be on the real stack, and TSan has to see no frame begin on one fiber
// and end on another.
__attribute__((no_sanitize("address", "thread"))) void Scheduler::go(Carrier& carrier, Task* from, Task* to, Then then,
                                                                     void* argument, bool for_good) noexcept {
    if (to != nullptr && to->stack_ == nullptr) {
        to->scheduler_->bind_stack(*to);
    }
    Context& left = from != nullptr ? context_of(from->context_) : carrier.home;
    const Context& taken = to != nullptr ? context_of(to->context_) : carrier.home;
    auto& left_exceptions = from != nullptr ? from->exceptions_ : carrier.exceptions;
    auto& taken_exceptions = to != nullptr ? to->exceptions_ : carrier.exceptions;
    exchange_exception_state(carrier.globals, left_exceptions, taken_exceptions);
    carrier.running = to;
    if constexpr (annotate::on) {
        annotate::Stack& from_stack = from != nullptr ? annotation_of(from->sanitizer_) : carrier.stack;
        annotate::Stack& to_stack = to != nullptr ? annotation_of(to->sanitizer_) : carrier.stack;
        Crossing crossing{from_stack, to_stack, then, argument};
        annotate::leave(from_stack, to_stack, for_good);
        switch_context(left, taken, &arrive, &crossing);
    } else {
        switch_context(left, taken, then, argument);
    }
}

/// The task to switch to; null when there is none, or when by the budget the carrier's turn has come, to look at all
/// the rest.
Task* Scheduler::next_in_turn(Worker* worker) noexcept {
    return worker != nullptr && --worker->budget > 0 ? pop(*worker) : nullptr;
}

void Scheduler::suspend(Then then, void* argument) noexcept { suspend(*this_carrier(), then, argument); }

void Scheduler::suspend(Carrier& carrier, Then then, void* argument) noexcept {
    go(carrier, carrier.running, next_in_turn(carrier.worker), then, argument, false);
}

namespace {

void put_back(void* task) noexcept { static_cast<Task*>(task)->reschedule(); }

}  // namespace

void Scheduler::yield() noexcept {
    Carrier& carrier = *this_carrier();
    Worker* worker = carrier.worker;
    Task* next = nullptr;
    if (worker != nullptr && --worker->budget > 0) {
        next = pop(*worker);
        if (next == nullptr) {
            return;
        }
    }
    go(carrier, carrier.running, next, &put_back, carrier.running, false);
}

void Scheduler::yield_to_loop() noexcept {
    if (Worker* worker = this_carrier()->worker; worker != nullptr) {
        worker->budget = 0;
    }
    yield();
}

Worker& Scheduler::with_worker() noexcept {
    for (;;) {
        const Carrier& carrier = *this_carrier();
        if (carrier.worker != nullptr) {
            return *carrier.worker;
        }
        suspend(&put_back, carrier.running);
    }
}

void Scheduler::schedule(Task& task) noexcept {
    Carrier* carrier = this_carrier();
    if (carrier == nullptr || carrier->scheduler != this) {
        // Once it is queued, it may run to its end and the runtime to its own, with this thread still in here.
        outsiders_.fetch_add(1, std::memory_order_relaxed);  // the injector's mutex takes it to whoever runs the task
        injector_.push(&task);
        notify();
        outsiders_.fetch_sub(1, std::memory_order_release);  // pairs with the acquire in run
        return;
    }
    const Inside inside(carrier);
    if (carrier->worker != nullptr) {
        schedule_on(*carrier->worker, task);
    } else {
        injector_.push(&task);
        notify();
    }
}

void Scheduler::schedule_on(Worker& worker, Task& task) noexcept {
    Scheduler& scheduler = *worker.scheduler;
    if (task.scheduler_ != &scheduler) {
        task.scheduler_->schedule(task);
        return;
    }
    put(worker, &task);
    if (scheduler.workers_.size() > 1) {  // else there is nobody to wake: the holder is awake, and calls
        scheduler.notify();
    }
}

bool Scheduler::push(Worker& worker, Task* task) noexcept {
    return worker.queue.push(task, context_of(task->context_).stack_pointer);
}

void Scheduler::put(Worker& worker, Task* task) noexcept {
    // Behind those that had no room before, so that they keep their order.
    if (!worker.overflow.is_empty() || !push(worker, task)) [[unlikely]] {
        worker.overflow.push(task);
    }
}

/// The first of the worker's own tasks. Those without room move up.
Task* Scheduler::pop(Worker& worker) noexcept {
    if (Task* task = worker.queue.pop()) {
        return task;
    }
    return worker.overflow.take(1, most_from_overflow, [&](Task* task) { (void)push(worker, task); });
}

/// Turns until the loop is looked at again: all that are queued now have theirs before, within limits. What they
/// were woken for is then handled, and the loop does not tell it again.
void Scheduler::set_budget(Worker& worker) noexcept {
    const std::size_t queued = worker.queue.size() + worker.overflow.size();
    worker.budget = static_cast<std::int32_t>(std::clamp(queued, least_turns, most_turns));
}

// ---- finding a task -----------------------------------------------------------------------------------

/// Queues the tasks whose deadline has come; false when there is none.
bool Scheduler::take_due(Worker& worker) noexcept {
    if (worker.timers.first() == Instant::max()) {
        return false;
    }
    const Instant now(weld::native::now(weld::native::Clock::Monotonic));
    bool any = false;
    while (worker.timers.take_due(now, [&](Task* task) { schedule_on(worker, *task); })) {
        any = true;
    }
    return any;
}

/// The next task of this worker's own queue, or of the injector. When the budget is used up, timers, loop and
/// injector come first.
Task* Scheduler::next(Worker& worker) noexcept {
    const auto keep = [&](Task* task) { put(worker, task); };
    if (--worker.budget <= 0) {
        take_due(worker);
        worker.loop.load(std::memory_order_relaxed)->look();
        set_budget(worker);
        if (Task* task = injector_.take(workers_.size(), 1, keep)) {
            return task;
        }
    }
    if (Task* task = pop(worker)) {
        return task;
    }
    if (Task* task = injector_.take(workers_.size(), most_from_injector, keep)) {
        return task;
    }
    return take_due(worker) ? pop(worker) : nullptr;
}

/// Steals. Not more than half of the workers search at a time; others would only get in their way.
Task* Scheduler::search(Worker& worker) noexcept {
    const std::size_t count = workers_.size();
    if (!worker.searching) {
        const std::uint64_t searching = idle_.load(std::memory_order_relaxed) / one_searching;
        if (2 * searching >= count) {
            return nullptr;
        }
        idle_.fetch_add(one_searching, std::memory_order_seq_cst);
        worker.searching = true;
    }
    const std::size_t begin = worker.next_random() % count;
    for (std::size_t i = 0; i < count; ++i) {
        Worker& victim = *workers_[(begin + i) % count];
        if (&victim == &worker) {
            continue;
        }
        if (Task* task = victim.queue.steal([&](Task* more) { put(worker, more); })) {
            return task;
        }
        if (Task* task = victim.overflow.take(count, most_from_injector, [&](Task* more) { put(worker, more); })) {
            return task;
        }
    }
    return injector_.take(count, most_from_injector, [&](Task* task) { put(worker, task); });
}

/// Rule 2: the last searcher that finds something lets the next one search.
Task* Scheduler::stop_searching(Worker& worker, Task* found) noexcept {
    if (worker.searching) {
        worker.searching = false;
        const std::uint64_t before = idle_.fetch_sub(one_searching, std::memory_order_seq_cst);
        if (before / one_searching == 1) {
            notify();
        }
    }
    return found;
}

/// The next task; sleeps until there is one. Null when all tasks have finished.
Task* Scheduler::find(Worker& worker) noexcept {
    for (;;) {
        if (Task* task = next(worker)) {
            return stop_searching(worker, task);
        }
        if (workers_.size() > 1) {
            if (Task* task = search(worker)) {
                // Its own loop has not been looked at since the queue ran empty.
                worker.loop.load(std::memory_order_relaxed)->look();
                return stop_searching(worker, task);
            }
        }
        if (ended_.load(std::memory_order_acquire)) {
            return nullptr;
        }
        sleep(worker);
    }
}

// ---- sleeping and waking: rules 1 and 3 ---------------------------------------------------------------

// The loads are sequentially consistent, for rule 3.
bool Scheduler::anything_to_do() const noexcept {
    return ended_.load(std::memory_order_seq_cst) || !injector_.is_empty() ||
           std::ranges::any_of(
               workers_, [](const auto& worker) { return !worker->queue.is_empty() || !worker->overflow.is_empty(); });
}

void Scheduler::sleep(Worker& worker) noexcept {
    worker.asleep.store(true, std::memory_order_relaxed);
    const std::uint64_t searched = worker.searching ? one_searching : 0;
    worker.searching = false;
    idle_.fetch_add(one_sleeping - searched, std::memory_order_seq_cst);  // pairs with the fence in notify
    if (!anything_to_do()) {
        worker.loop.load(std::memory_order_relaxed)->wait(worker.timers.first());
        set_budget(worker);
    }
    if (worker.asleep.exchange(false, std::memory_order_acq_rel)) {
        idle_.fetch_sub(one_sleeping, std::memory_order_seq_cst);
    } else {
        worker.searching = true;  // a waker took it, and has counted so
    }
}

void Scheduler::notify() noexcept {
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the count in sleep
    const std::uint64_t idle = idle_.load(std::memory_order_acquire);
    if (idle / one_searching != 0 || idle % one_searching == 0) {
        return;
    }
    for (const auto& worker : workers_) {
        if (worker->asleep.load(std::memory_order_relaxed) &&
            worker->asleep.exchange(false, std::memory_order_acq_rel)) {
            idle_.fetch_add(one_searching - one_sleeping, std::memory_order_seq_cst);
            worker->loop.load(std::memory_order_acquire)->ring();
            return;
        }
    }
    // Whoever slept is awake by now, and looks at everything before it sleeps again.
}

void Scheduler::wake_all() noexcept {
    for (const auto& worker : workers_) {
        worker->loop.load(std::memory_order_acquire)->ring();
    }
    const std::lock_guard lock(carriers_mutex_);
    for (const auto& carrier : carriers_) {
        carrier->spare.unpark();
    }
}

}  // namespace green
