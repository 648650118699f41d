// SPDX-License-Identifier: MIT
//
// task: the thread-local that holds the current task, and the borrowing of its I/O services.
//
// Any thread; a task belongs to the thread whose slot it is in.

#include "runtime_2014/task.hpp"

namespace runtime_2014 {
namespace {

thread_local Task* current_task = nullptr;

}  // namespace

namespace local {

[[gnu::noinline]] void put(std::unique_ptr<Task> task) { current_task = task.release(); }

[[gnu::noinline]] std::unique_ptr<Task> try_take() {
    return std::unique_ptr<Task>(std::exchange(current_task, nullptr));
}

}  // namespace local

// The reference outlives the moment in which the task was taken out: so it was, and its comment called it bad.
rtio::IoFactory* rtio::borrow_local_io() {
    auto task = local::try_take();
    if (task == nullptr) {
        return nullptr;
    }
    auto* io = task->local_io();
    local::put(std::move(task));
    return io;
}

}  // namespace runtime_2014
