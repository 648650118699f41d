// SPDX-License-Identifier: MIT
#include <green/runtime.hpp>

#include "die.hpp"
#include "scheduler.hpp"

#include <weld/thread.hpp>

#include <new>
#include <optional>

namespace green {

weld::Result<void> run_task(const Runtime& runtime, Task& task) noexcept {
    if (Scheduler::current() != nullptr) {
        die("green: ", "green::run", " was called by a task: spawn a task instead\n");
    }
    const std::size_t workers = runtime.workers != 0 ? runtime.workers : weld::thread::available_parallelism();
    constexpr std::size_t most_workers = 4096;
    if (workers > most_workers) {
        return std::unexpected(weld::Error("run", weld::Fault::InvalidInput));
    }
    std::optional<Scheduler> scheduler;
    try {
        scheduler.emplace(workers, runtime.stack_size, 0);
    } catch (const std::bad_alloc&) {
        return std::unexpected(weld::Error("run", weld::Fault::OutOfMemory));
    }
    return scheduler->run(task);
}

}  // namespace green
