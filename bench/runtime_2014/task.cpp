// SPDX-License-Identifier: MIT
//
// task: the thread-local that holds the current task, the borrow of its I/O services, its start and its end.
//
// Any thread may call; a task belongs to the thread whose slot holds it.

#include "runtime_2014/task.hpp"

#include <cstdlib>

#include "runtime_2014/stdio.hpp"

namespace runtime_2014 {
namespace {

thread_local Task* current_task = nullptr;

}  // namespace

namespace local {

[[gnu::noinline]] void put(std::unique_ptr<Task> task) { current_task = task.release(); }

[[gnu::noinline]] std::unique_ptr<Task> try_take() {
    return std::unique_ptr<Task>(std::exchange(current_task, nullptr));
}

[[gnu::noinline]] Task* unsafe_borrow() { return current_task; }

}  // namespace local

// The reference outlives the borrow of the task: so it was in 2014, and its comment there called it bad.
rtio::IoFactory* rtio::borrow_local_io() {
    auto task = local::try_take();
    if (task == nullptr) {
        return nullptr;
    }
    auto* io = task->local_io();
    local::put(std::move(task));
    return io;
}

local_data::Map* local_data::current_map() {
    auto* const task = local::unsafe_borrow();
    if (task == nullptr) {
        return nullptr;
    }
    if (!task->storage) {
        task->storage.emplace();
    }
    return &*task->storage;
}

bool Task::run(std::unique_ptr<Task> task, const std::function<void()>& body) {
    local::put(std::move(task));
    std::optional<Failure> cause;
    try {
        body();
    } catch (Failure& failure) {
        cause = std::move(failure);
    } catch (...) {
        cause.emplace("an exception of another language");
    }
    // Destructors of values may use and create values.
    while (auto* const map = local_data::current_map()) {
        if (map->empty()) {
            break;
        }
        auto values = std::exchange(*map, {});
        values.clear();
    }
    task = local::try_take();
    task->unwinder.unwinding = false;
    task->unwinder.cause = std::move(cause);
    if (task->death.on_exit) {
        task->death.on_exit(!task->unwinder.cause);
    }
    return !task->unwinder.cause;
}

void fail(std::string message) {
    auto* const task = local::unsafe_borrow();
    stdio::print_err("task '" + (task != nullptr ? task->name.value_or("<unnamed>") : "<none>") + "' failed at '" +
                     message + "'\n");
    if (task == nullptr || task->unwinder.unwinding) {
        std::abort();  // no task to end, or a failure during a failure
    }
    task->unwinder.unwinding = true;
    throw Failure{std::move(message)};
}

}  // namespace runtime_2014
