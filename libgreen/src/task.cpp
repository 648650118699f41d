// SPDX-License-Identifier: MIT
#include <green/task.hpp>

#include "die.hpp"
#include "scheduler.hpp"

#include <exception>

namespace green {

namespace {

std::uint64_t next_id() noexcept {
    static constinit std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

Task::Task(const Operations& operations) noexcept : operations_(operations), id_(next_id()) {}

weld::Result<void> Task::start() noexcept {
    Task* parent = Scheduler::current();
    if (parent == nullptr) {
        die_outside_task("green::thread::spawn");
    }
    if (name_.find('\0') != std::string_view::npos) {
        return std::unexpected(weld::Error("spawn", weld::Fault::InvalidInput));
    }
    const Inside inside;
    Scheduler& scheduler = *parent->scheduler_;
    if (auto adopted = scheduler.adopt(*this, "spawn"); !adopted) {
        return adopted;
    }
    scheduler.schedule(*this);
    return {};
}

void Task::reschedule() noexcept { scheduler_->schedule(*this); }

void Task::run() noexcept {
    try {
        operations_.run(*this);
    } catch (...) {
        failure_ = std::current_exception();
    }
}

/// A task that waits for the end of another, in its own frame: the list is a stack of these.
struct Task::Joiner {
    Task& task;
    Task& ends;
    void* next = nullptr;
};

void Task::finish() noexcept {
    // Release publishes result and failure; acquire sees what the handle did before.
    const std::uint32_t before = state_.fetch_or(finished, std::memory_order_acq_rel);
    if ((before & abandoned) != 0 && failure_) {
        die_of("green: task", name_, failure_);
    }
    if ((before & disowned) != 0) {
        operations_.end_value(*this);
    }
    for (void* waiting = joiners_.exchange(this, std::memory_order_acq_rel); waiting != nullptr;) {
        // Rescheduled, the joiner may go on, and its entry be gone.
        const Joiner joiner = *static_cast<Joiner*>(waiting);
        joiner.task.reschedule();
        waiting = joiner.next;
    }
}

void Task::abandon() noexcept {
    if ((state_.fetch_or(abandoned, std::memory_order_acq_rel) & finished) != 0 && failure_) {
        die_of("green: task", name_, failure_);
    }
}

void Task::disown() noexcept {
    if ((state_.fetch_or(disowned, std::memory_order_acq_rel) & finished) != 0) {
        operations_.end_value(*this);
    }
}

void Task::join() noexcept {
    if (is_finished()) {
        return;
    }
    Task* self = Scheduler::current();
    if (self == nullptr) {
        die_outside_task("join");
    }
    if (self == this) {
        die("green: task '", name_, "' joins itself, and would wait for ever\n");
    }
    const Inside inside;
    Joiner joiner{.task = *self, .ends = *this};
    Scheduler::suspend(
        [](void* raw) noexcept {
            Joiner& entry = *static_cast<Joiner*>(raw);
            std::atomic<void*>& list = entry.ends.joiners_;
            entry.next = list.load(std::memory_order_acquire);
            do {
                if (entry.next == &entry.ends) {
                    entry.task.reschedule();
                    return;
                }
            } while (
                !list.compare_exchange_weak(entry.next, &entry, std::memory_order_acq_rel, std::memory_order_acquire));
        },
        &joiner);
}

void Task::await_value() {
    join();
    if (std::exception_ptr failure = take_failure()) {
        std::rethrow_exception(std::move(failure));
    }
}

std::exception_ptr Task::take_failure() noexcept {
    if ((state_.fetch_or(claimed, std::memory_order_acq_rel) & claimed) != 0) {
        return nullptr;
    }
    return std::exchange(failure_, nullptr);
}

void Task::unpark() noexcept {
    std::uint32_t seen = park_.load(std::memory_order_relaxed);
    for (;;) {
        // Also where a token is there already: what was written before this call is to be seen after `park`.
        const std::uint32_t next = seen == parked ? empty : token;
        if (park_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_relaxed)) {
            break;
        }
    }
    if (seen == parked) {
        reschedule();
    }
}

/// Takes the token, or suspends the calling task until there is one.
void Task::park() noexcept { Scheduler::suspend(&Task::commit_park, this); }

void Task::commit_park(void* raw) noexcept {
    Task& task = *static_cast<Task*>(raw);
    std::uint32_t seen = empty;
    if (!task.park_.compare_exchange_strong(seen, parked, std::memory_order_acq_rel, std::memory_order_acquire)) {
        // A token, which nobody else takes; but another unpark may have renewed it since, with more to be seen.
        task.park_.exchange(empty, std::memory_order_acquire);
        task.reschedule();
    }
}

bool Task::take_token() noexcept {
    std::uint32_t seen = token;
    return park_.compare_exchange_strong(seen, empty, std::memory_order_acquire, std::memory_order_relaxed);
}

bool Task::park_until(Instant deadline) noexcept {
    // The timer and unpark race for `parked -> empty`: whoever makes it schedules the task.
    struct ParkTimer : Timer {
        bool expired = false;
    } timer;
    timer.deadline = deadline;
    timer.task = this;
    timer.due = [](Timer& self) noexcept -> Task* {
        std::uint32_t seen = parked;
        if (!self.task->park_.compare_exchange_strong(seen, empty, std::memory_order_acq_rel,
                                                      std::memory_order_relaxed)) {
            return nullptr;
        }
        static_cast<ParkTimer&>(self).expired = true;
        return self.task;
    };
    Worker& worker = Scheduler::with_worker();
    struct Wait {
        Task& task;
        Worker& worker;
        Timer& timer;
    } waiting{*this, worker, timer};
    Scheduler::suspend(
        [](void* raw) noexcept {
            const Wait wait = *static_cast<Wait*>(raw);
            // In the heap before the word says parked: once it does, the frame that holds the timer may be gone.
            // A deadline that passes in between is not lost: only this carrier looks at the heap.
            wait.worker.timers.insert(wait.timer);
            commit_park(&wait.task);
        },
        &waiting);
    worker.timers.remove(timer);
    return !timer.expired;
}

void Task::sleep_until(Instant deadline) noexcept {
    Timer timer{.deadline = deadline, .due = [](Timer& self) noexcept { return self.task; }, .task = this};
    struct Wait {
        Worker& worker;
        Timer& timer;
    } waiting{Scheduler::with_worker(), timer};
    Scheduler::suspend(
        [](void* raw) noexcept {
            const Wait wait = *static_cast<Wait*>(raw);
            wait.worker.timers.insert(wait.timer);
        },
        &waiting);
}

void die_outside_task(const char* call) noexcept {
    die("green: ", call, " was called outside a task: call it inside green::run\n");
}

}  // namespace green
