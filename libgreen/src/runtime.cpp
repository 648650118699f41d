// SPDX-License-Identifier: MIT
#include <green/pool.hpp>
#include <green/runtime.hpp>

#include "die.hpp"
#include "fork.hpp"
#include "scheduler.hpp"

#include <weld/thread.hpp>

#include <memory>
#include <new>
#include <utility>

namespace green {

namespace {

/// Makes a scheduler with the options of `runtime`.
weld::Result<std::unique_ptr<Scheduler>> make_scheduler(const Runtime& runtime, const char* operation) noexcept {
    const std::size_t workers = runtime.workers != 0 ? runtime.workers : weld::thread::available_parallelism();
    if (workers > Scheduler::most_workers) {
        return std::unexpected(weld::Error(operation, weld::Fault::InvalidInput));
    }
    try {
        return std::make_unique<Scheduler>(runtime, workers, 0);
    } catch (const std::bad_alloc&) {
        return std::unexpected(weld::Error(operation, weld::Fault::OutOfMemory));
    }
}

}  // namespace

weld::Result<void> run_task(const Runtime& runtime, Task& task) noexcept {
    if (Scheduler::current() != nullptr) {
        die("green: ", "green::run", " was called by a task: spawn a task instead\n");
    }
    auto scheduler = make_scheduler(runtime, "run");
    if (!scheduler) {
        return std::unexpected(scheduler.error());
    }
    return (*scheduler)->run(task);
}

// ---- Pool ---------------------------------------------------------------------------------------------

void Pool::End::operator()(Scheduler* scheduler) const noexcept {
    if (scheduler->is_another_process()) {
        return;  // none of its threads runs here, and its memory is in whatever state it was
    }
    (void)scheduler->await_end(Instant::max());
    delete scheduler;
}

Pool::Pool(std::unique_ptr<Scheduler, End> scheduler) noexcept : scheduler_(std::move(scheduler)) {}
Pool::Pool(Pool&&) noexcept = default;
Pool& Pool::operator=(Pool&&) noexcept = default;
Pool::~Pool() = default;

weld::Result<Pool> Pool::start_as(const Runtime& runtime, bool has_host) noexcept {
    auto scheduler = make_scheduler(runtime, "start");
    if (!scheduler) {
        return std::unexpected(scheduler.error());
    }
    if (const auto opened = (*scheduler)->open(has_host); !opened) {
        return std::unexpected(opened.error());
    }
    return Pool(std::unique_ptr<Scheduler, End>(scheduler->release()));
}

weld::Result<Pool> Pool::start(const Runtime& runtime) noexcept { return start_as(runtime, false); }

weld::Result<Pool> Pool::start_hosted(const Runtime& runtime) noexcept { return start_as(runtime, true); }

void Pool::shutdown() && noexcept {
    if (scheduler_->is_another_process()) {
        die("green: ", "a Pool was shut down", after_fork);
    }
    scheduler_.reset();
}

weld::Result<void> Pool::shutdown_until(weld::time::Instant deadline) noexcept {
    if (!scheduler_->await_end(deadline)) {
        return std::unexpected(weld::Error("shutdown", weld::sys::Errno::Timedout));
    }
    return {};
}

bool Pool::pump_until(weld::time::Instant deadline) noexcept { return scheduler_->pump(deadline); }

weld::sys::BorrowedHandle Pool::as_handle() const noexcept { return scheduler_->host_descriptor(); }

weld::Result<void> Pool::set_workers(std::size_t count) const noexcept { return scheduler_->set_workers(count); }

std::size_t Pool::workers() const noexcept { return scheduler_->workers(); }

Metrics Pool::metrics() const noexcept { return scheduler_->metrics(); }

std::size_t Pool::worker_metrics(std::span<WorkerMetrics> target) const noexcept { return scheduler_->metrics(target); }

// ---- for the calling task's runtime -------------------------------------------------------------------

weld::Result<void> set_workers(std::size_t count) noexcept {
    return calling_carrier("green::set_workers").scheduler->set_workers(count);
}

std::size_t workers() noexcept { return calling_carrier("green::workers").scheduler->workers(); }

Metrics metrics() noexcept { return calling_carrier("green::metrics").scheduler->metrics(); }

std::size_t worker_metrics(std::span<WorkerMetrics> target) noexcept {
    return calling_carrier("green::worker_metrics").scheduler->metrics(target);
}

}  // namespace green
