// SPDX-License-Identifier: MIT
#include <green/thread.hpp>

#include "die.hpp"
#include "scheduler.hpp"

#include <utility>

namespace green {

// ---- NoSwitch -----------------------------------------------------------------------------------------

NoSwitch::NoSwitch(std::source_location place) noexcept : place_(place), task_(Scheduler::current()) {
    if (task_ != nullptr) {
        outer_ = std::exchange(task_->no_switch_, this);
    }
}

NoSwitch::~NoSwitch() {
    if (task_ != nullptr) {
        task_->no_switch_ = outer_;
    }
}

void NoSwitch::check(const Task& task) noexcept {
    if (task.no_switch_ != nullptr) [[unlikely]] {
        die_of_switch(*task.no_switch_);
    }
}

namespace thread {

Thread current() noexcept {
    Task& task = *calling_carrier("green::thread::current").running;
    task.acquire();
    return Thread::adopt(task);
}

std::size_t Thread::stack_size() const noexcept { return Scheduler::stack_size_of(*task_); }

std::size_t Thread::stack_high_water() const noexcept { return Scheduler::high_water_of(*task_); }

void park() noexcept {
    Carrier& carrier = calling_carrier("green::thread::park");
    Task& task = *carrier.running;
    NoSwitch::check(task);
    if (!task.take_token()) {
        const Inside inside(&carrier);
        task.park(carrier);
    }
}

weld::Answer<bool> park_until(weld::time::Instant deadline) noexcept {
    Carrier& carrier = calling_carrier("green::thread::park_until");
    Task& task = *carrier.running;
    NoSwitch::check(task);
    if (task.take_token()) {
        return true;
    }
    const Inside inside(&carrier);
    return task.park_until(carrier, deadline);
}

weld::Result<void> sleep_until(weld::time::Instant deadline) noexcept {
    Carrier& carrier = calling_carrier("green::thread::sleep");
    const Inside inside(&carrier);
    carrier.running->sleep_until(carrier, deadline);
    return {};
}

void yield_now() noexcept { Scheduler::yield_now(); }

Pinned::Pinned() noexcept : task_(*calling_carrier("green::thread::Pinned").running) {
    const Inside inside;
    Scheduler::pin(*this_carrier());
}

Pinned::~Pinned() {
    const Inside inside;
    Scheduler::unpin(task_);
}

}  // namespace thread

}  // namespace green
