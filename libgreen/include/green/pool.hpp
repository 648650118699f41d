// SPDX-License-Identifier: MIT
//
// Pool: a runtime that native code holds, and what a runtime can be asked while it runs.
//
//     auto pool = green::Pool::start({.workers = 2});
//     auto answer = pool->spawn([] { return 42; });
//     std::move(*answer).join();  // a native thread blocks here, a task parks
//
// There may be several in a process, and `green::run` beside them; each waits for its own tasks alone, and a task stays
// in the runtime that it was spawned in. Tasks of different runtimes may wake and join each other.
#pragma once

#include <green/metrics.hpp>
#include <green/runtime.hpp>
#include <green/thread/spawn.hpp>

#include <weld/os/unix.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace green {

class Pool {
public:
    /// Workers on native threads of their own. An error when there is not the memory, or not the threads.
    [[nodiscard]] static GREEN_API weld::Result<Pool> start(const Runtime& runtime = {}) noexcept;

    /// As `start`, but the first worker runs on the thread that calls `pump`, and nowhere else: for programs that have
    /// an event loop already. With one worker no thread is started.
    [[nodiscard]] static GREEN_API weld::Result<Pool> start_hosted(const Runtime& runtime = {.workers = 1}) noexcept;

    GREEN_API Pool(Pool&&) noexcept;
    GREEN_API Pool& operator=(Pool&&) noexcept;

    /// As `shutdown`.
    GREEN_API ~Pool();

    /// Starts a task, as `thread::spawn` does in a task, but without inherited values. Any thread may call.
    /// InvalidInput for a task that is to be pinned here, where there is no carrier, and after `shutdown_until`.
    template <class F>
    [[nodiscard]] auto spawn(F&& function, const thread::Options& options = {}) const
        -> weld::Result<thread::JoinHandle<thread::Returned<F>>> {
        auto* packet = weld::thread::Packet<Task, std::decay_t<F>>::make(std::forward<F>(function), options.name);
        if (packet == nullptr) {
            return std::unexpected(weld::Error("spawn", weld::Fault::OutOfMemory));
        }
        thread::Handle<Task, thread::Returned<F>> handle(*packet);
        if (const auto started = packet->start_in(*scheduler_, options); !started) {
            return std::unexpected(started.error());
        }
        return thread::JoinHandle<thread::Returned<F>>(std::move(handle));
    }

    /// Waits until all tasks have finished, and ends. Blocks; of a hosted pool, pumps. Not from a task of this pool,
    /// which ends the process.
    GREEN_API void shutdown() && noexcept;

    /// As `shutdown`, until `deadline`: TimedOut when some tasks have not finished by then. From the first call on
    /// nothing more is spawned from outside; the pool stays, to be waited for again.
    [[nodiscard]] GREEN_API weld::Result<void> shutdown_until(weld::time::Instant deadline) noexcept;

    /// Of a hosted pool: runs tasks of the first worker on the calling thread until none of them can run; if none can
    /// at first, waits for one at most until `deadline`. After `deadline` no task begins a turn, but for the first: a
    /// call whose deadline has passed runs one turn of one task. False when the pool is shut down and all tasks have
    /// finished. One thread at a time, and no task of the pool, of any of its workers: that ends the process.
    GREEN_API bool pump_until(weld::time::Instant deadline) noexcept;

    /// As `pump_until`, `wait` from now. Zero does not wait, and runs one turn: a host that has milliseconds to spare
    /// when `as_handle` is readable passes those.
    template <class Rep, class Period>
    bool pump(std::chrono::duration<Rep, Period> wait) noexcept {
        return pump_until(weld::time::deadline_after(wait));
    }

    /// Of a hosted pool: a descriptor that poll(2) finds readable when `pump` would run something.
    [[nodiscard]] GREEN_API weld::sys::BorrowedHandle as_handle() const noexcept;

    /// How many workers run whatever there is. Adding fails as `start` does, those that could be had stay; a worker
    /// that is removed hands its tasks to others, when its present one parks. The host's stays. InvalidInput for none,
    /// for more than 4,096, and once the pool has ended. Any thread may call.
    [[nodiscard]] GREEN_API weld::Result<void> set_workers(std::size_t count) const noexcept;
    [[nodiscard]] GREEN_API std::size_t workers() const noexcept;

    /// What its workers did. Any thread may call, at any time.
    [[nodiscard]] GREEN_API Metrics metrics() const noexcept;

    /// The same for each worker that there was, as many as `target` has room for; returns how many there are.
    GREEN_API std::size_t worker_metrics(std::span<WorkerMetrics> target) const noexcept;

private:
    struct End {
        GREEN_API void operator()(Scheduler* scheduler) const noexcept;
    };

    explicit Pool(std::unique_ptr<Scheduler, End> scheduler) noexcept;
    [[nodiscard]] static weld::Result<Pool> start_as(const Runtime& runtime, bool has_host) noexcept;

    std::unique_ptr<Scheduler, End> scheduler_;
};

/// As Pool's, of the calling task's runtime. They end the process outside a task.
[[nodiscard]] GREEN_API weld::Result<void> set_workers(std::size_t count) noexcept;
[[nodiscard]] GREEN_API std::size_t workers() noexcept;
[[nodiscard]] GREEN_API Metrics metrics() noexcept;
GREEN_API std::size_t worker_metrics(std::span<WorkerMetrics> target) noexcept;

}  // namespace green
