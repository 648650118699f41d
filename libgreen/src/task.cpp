// SPDX-License-Identifier: MIT
#include <green/task.hpp>

#include "die.hpp"
#include "fork.hpp"
#include "joins.hpp"
#include "scheduler.hpp"

#include <green/thread/local.hpp>
#include <green/thread/no_switch.hpp>

#include <weld/native/parker.hpp>

#include <cxxabi.h>
#include <exception>
#include <utility>

namespace green {

namespace {

std::uint64_t next_id() noexcept {
    static constinit std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

std::uint64_t Task::id() const noexcept {
    std::uint64_t id = id_.load(std::memory_order_relaxed);
    if (id == 0) {
        const std::uint64_t given = next_id();
        id = id_.compare_exchange_strong(id, given, std::memory_order_relaxed) ? given : id;
    }
    return id;
}

weld::Result<void> Task::start(const thread::Options& options) {
    Carrier* carrier = &calling_carrier("green::thread::spawn");
    Task* parent = carrier->running;
    if (options.run_now) {
        NoSwitch::check(*parent);
    }
    if (parent->locals_ != nullptr) [[unlikely]] {
        try {
            LocalValue::inherit(*this);
        } catch (...) {
            LocalValue::end_all(*this);
            throw;
        }
        carrier = this_carrier();  // the user's copy constructor may have parked
    }
    parent_ = parent;
    auto started = start_on(carrier, *parent->scheduler_, options);
    if (!started) [[unlikely]] {
        LocalValue::end_all(*this);
    }
    return started;
}

weld::Result<void> Task::start_in(Scheduler& scheduler, const thread::Options& options) noexcept {
    return start_on(this_carrier(), scheduler, options);
}

weld::Result<void> Task::start_on(Carrier* carrier, Scheduler& scheduler, const thread::Options& options) noexcept {
    if (options.name.find('\0') != std::string_view::npos) {
        return std::unexpected(weld::Error("spawn", weld::Fault::NulInText));
    }
    static constexpr Scheduler::Operation operation{
        .name = "spawn", .mapping = "spawn: mapping a stack, for which see vm.max_map_count and RLIMIT_AS"};
    return scheduler.start(*this, carrier, operation, options);
}

void Task::reschedule() noexcept { scheduler_->schedule(*this); }

/// Calls the task's closure, keeps its result or exception, and destroys the task-locals. All of that is user code.
void Task::run() noexcept {
    try {
        operations_.run(*this);
    } catch (abi::__forced_unwind&) {
        // The thread is not the task's to end; and if this exception is caught, the C library never ends the thread.
        die("green: task '", name(),
            "' called pthread_exit, or was cancelled: a task ends when its function returns\n");
    } catch (...) {
        failure_ = std::current_exception();
        has_failed_ = true;
    }
    end_locals();
}

void Task::end_locals() noexcept {
    if (locals_ != nullptr) [[unlikely]] {
        LocalValue::end_all(*this);
    }
}

/// Ends the process because of the task's exception, or passes it to the user's handler.
void Task::lose_failure(OnUncaught on_uncaught) noexcept {
    if (on_uncaught == nullptr) {
        die_of("green: task", name(), failure_);
    }
    on_uncaught(name(), std::exchange(failure_, nullptr));
}

/// Passes the exception that nobody can take to `on_uncaught`, and destroys the result that nobody will take. In user
/// code: their destructors run here.
void Task::settle() noexcept {
    const std::uintptr_t seen = end_.load(std::memory_order_acquire);
    if ((seen & abandoned) != 0 && std::exchange(has_failed_, false)) {
        lose_failure(scheduler_->options().on_uncaught);
    }
    if ((seen & disowned) != 0) {
        operations_.end_value(*this);
    }
    end_locals();  // that the destructors made
}

/// Wakes the joiners, and drops the runtime's reference; the block may be gone then. False when there is
/// something to settle first.
bool Task::finish(Carrier& carrier) noexcept {
    on_uncaught_ = scheduler_->options().on_uncaught;
    std::uintptr_t before = end_.load(std::memory_order_acquire);
    do {
        if (((before & abandoned) != 0 && has_failed_) || ((before & disowned) != 0 && has_value_)) {
            return false;
        }
        // Release publishes the result and the failure.
    } while (
        !end_.compare_exchange_weak(before, before | finished, std::memory_order_acq_rel, std::memory_order_acquire));
    for (std::uintptr_t waiting = before & ~flags; waiting != 0;) {
        // After its wake the joiner may return, and its entry be gone.
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the flags share the word
        const Joiner& entry = *reinterpret_cast<Joiner*>(waiting);
        const struct {
            Task* task;
            weld::native::Parker* thread;
            std::uintptr_t next;
        } joiner{entry.task, entry.thread, entry.next};
        if (joiner.task != nullptr) {
            Scheduler::resume(carrier, *joiner.task);
        } else {
            joiner.thread->unpark();
        }
        waiting = joiner.next;
    }
    release();
    return true;
}

void Task::abandon() noexcept {
    if ((is_finished() || (end_.fetch_or(abandoned, std::memory_order_acq_rel) & finished) != 0) && has_failed_) {
        lose_failure(on_uncaught_);
    }
}

void Task::disown() noexcept {
    if (is_finished() || (end_.fetch_or(disowned, std::memory_order_acq_rel) & finished) != 0) {
        operations_.end_value(*this);
    }
}

void Task::join() noexcept {
    Carrier* carrier = this_carrier();
    Task* self = carrier != nullptr ? carrier->running : nullptr;
    if (self == nullptr) {
        join_natively();
        return;
    }
    NoSwitch::check(*self);
    if (is_finished()) {
        return;
    }
    check_joinable();
    if (self == this) {
        die("green: task '", name(), "' joins itself, and would wait for ever\n");
    }
    carrier->enter();
    Joiner joiner{.task = self, .ends = *this};
    const bool is_usual = parent_ == self;
    if (!is_usual) {
        self->scheduler_->joins().add(joiner);
    }
    Carrier& on = Scheduler::suspend(
        *carrier,
        [](void* raw, Carrier& left) noexcept {
            Joiner& entry = *static_cast<Joiner*>(raw);
            Task& waiting = *entry.task;
            if (entry.enter()) {
                left.scheduler->joins().notice();
            } else {
                Scheduler::resume(left, waiting);
            }
        },
        &joiner);
    if (!is_usual) {
        on.scheduler->joins().remove(joiner);
    }
    on.leave();
}

/// For a task that has not finished: checks that it can finish at all.
void Task::check_joinable() const noexcept {
    if (scheduler_->is_another_process()) [[unlikely]] {
        die("green: ", "a task was joined", after_fork);
    }
}

void Task::join_natively() noexcept {
    weld::native::Parker parker;
    Joiner joiner{.task = nullptr, .ends = *this, .thread = &parker};
    if (!is_finished()) {
        check_joinable();
    }
    if (joiner.enter()) {
        parker.park();
    }
}

void Task::await_value() {
    join();
    if (std::exception_ptr failure = take_failure()) {
        std::rethrow_exception(std::move(failure));
    }
    if (!has_value_) {
        die("green: task '", name(), "' has no result to join: its scope has its exception\n");
    }
}

std::exception_ptr Task::take_failure() noexcept {
    if (!has_failed_ || (end_.fetch_or(claimed, std::memory_order_acq_rel) & claimed) != 0) {
        return nullptr;
    }
    return std::exchange(failure_, nullptr);
}

void Task::unpark() noexcept {
    std::uint32_t seen = park_.load(std::memory_order_relaxed);
    for (;;) {
        // Also where there is a token already: the writes before this call must be visible after `park`.
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
void Task::park(Carrier& carrier) noexcept { Scheduler::suspend(carrier, &Task::commit_park, this); }

void Task::commit_park(void* raw, Carrier& carrier) noexcept {
    Task& task = *static_cast<Task*>(raw);
    std::uint32_t seen = empty;
    if (!task.park_.compare_exchange_strong(seen, parked, std::memory_order_acq_rel, std::memory_order_acquire)) {
        // A token, which no other thread takes; but another unpark may have renewed it since, with more to be visible.
        task.park_.exchange(empty, std::memory_order_acquire);
        Scheduler::resume(carrier, task);
    }
}

bool Task::take_token() noexcept {
    std::uint32_t seen = token;
    return park_.compare_exchange_strong(seen, empty, std::memory_order_acquire, std::memory_order_relaxed);
}

bool Task::park_until(Carrier& carrier, Instant deadline) noexcept {
    // The timer and unpark race for `parked -> empty`: the one that makes it schedules the task.
    struct ParkTimer : Timer {
        bool expired = false;
    };
    Carrier* on = &carrier;
    for (;;) {
        on = &Scheduler::with_worker(*on);
        Worker& worker = *on->worker;
        ParkTimer timer;
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
        struct Wait {
            Task& task;
            Worker& worker;
            Timer& timer;
        } waiting{*this, worker, timer};
        on = &Scheduler::suspend(
            *on,
            [](void* raw, Carrier& left) noexcept {
                const Wait wait = *static_cast<Wait*>(raw);
                // In the heap before the word says parked: after that, the frame that holds the timer may be gone.
                // A deadline that passes in between is not lost, because only this carrier looks at the heap.
                wait.worker.timers.insert(wait.timer);
                commit_park(&wait.task, left);
            },
            &waiting);
        worker.timers.remove(timer);
        if (!timer.expired) {
            return true;
        }
        if (now() >= deadline) {
            return false;
        }
    }
}

void Task::sleep_until(Carrier& carrier, Instant deadline) noexcept {
    Carrier* on = &carrier;
    do {
        on = &Scheduler::with_worker(*on);
        Timer timer{.deadline = deadline, .due = [](Timer& self) noexcept { return self.task; }, .task = this};
        struct Wait {
            Worker& worker;
            Timer& timer;
        } waiting{*on->worker, timer};
        on = &Scheduler::suspend(
            *on,
            [](void* raw, Carrier&) noexcept {
                const Wait wait = *static_cast<Wait*>(raw);
                wait.worker.timers.insert(wait.timer);
            },
            &waiting);
    } while (now() < deadline);
}

void die_outside_task(const char* call) noexcept {
    if (was_forked_by_task()) {
        die("green: ", call, after_fork);
    }
    die("green: ", call, " was called outside a task: call it inside green::run\n");
}

}  // namespace green
