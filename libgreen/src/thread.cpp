// SPDX-License-Identifier: MIT
#include <green/thread.hpp>

#include "scheduler.hpp"

namespace green::thread {

namespace {

Task& calling_task(const char* call) noexcept {
    Task* task = Scheduler::current();
    if (task == nullptr) {
        die_outside_task(call);
    }
    return *task;
}

}  // namespace

Thread current() noexcept {
    Task& task = calling_task("green::thread::current");
    task.acquire();
    return Thread::adopt(task);
}

void park() noexcept {
    Task& task = calling_task("green::thread::park");
    if (!task.take_token()) {
        const Inside inside;
        task.park();
    }
}

weld::Result<bool> park_until(weld::time::Instant deadline) noexcept {
    Task& task = calling_task("green::thread::park_until");
    if (task.take_token()) {
        return true;
    }
    const Inside inside;
    return task.park_until(deadline);
}

weld::Result<void> sleep_until(weld::time::Instant deadline) noexcept {
    Task& task = calling_task("green::thread::sleep");
    const Inside inside;
    task.sleep_until(deadline);
    return {};
}

void yield_now() noexcept {
    (void)calling_task("green::thread::yield_now");
    const Inside inside;
    Scheduler::yield();
}

}  // namespace green::thread
