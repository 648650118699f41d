// SPDX-License-Identifier: MIT
//
// Pool: a runtime that native code owns; and the size and the metrics of a runtime while it runs.
//
//     auto pool = green::Pool::start({.workers = 2});
//     auto answer = pool->spawn([] { return 42; });
//     std::move(*answer).join();  // a native thread blocks here, a task parks
//
// A process may have several pools, and `green::run` at the same time. Each waits for its own tasks only, and a task
// stays in the runtime that it was spawned in. Tasks of different runtimes may wake and join each other.
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
    /// Starts a runtime whose workers run on native threads of their own. Fails when there is not enough memory, or no
    /// native thread to be had.
    [[nodiscard]] static GREEN_API weld::Result<Pool> start(const Runtime& runtime = {}) noexcept;

    /// As `start`, but the first worker runs only on the thread that calls `pump`, the host: for programs that already
    /// have an event loop. With one worker it starts one thread, which runs no tasks and sleeps until the pool
    /// needs other threads (for `offload` or `Pin::Own`).
    [[nodiscard]] static GREEN_API weld::Result<Pool> start_hosted(const Runtime& runtime = {.workers = 1}) noexcept;

    GREEN_API Pool(Pool&&) noexcept;
    GREEN_API Pool& operator=(Pool&&) noexcept;

    /// As `shutdown`.
    GREEN_API ~Pool();

    /// Starts a task of this pool, as `thread::spawn` does inside a task, but without inherited values. Any thread may
    /// call. InvalidInput for `Pin::Here`, since the caller may be no carrier of this pool, and after `shutdown_until`.
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

    /// Graceful shutdown: waits until all tasks have finished, then ends the runtime. Blocks; for a hosted pool it
    /// pumps. A call from a task of this pool ends the process.
    GREEN_API void shutdown() && noexcept;

    /// As `shutdown`, but waits only until `deadline`: TimedOut when some tasks have not finished by then. From the
    /// first call on `Pool::spawn` is refused. The pool stays, and the wait can be repeated.
    [[nodiscard]] GREEN_API weld::Result<void> shutdown_until(weld::time::Instant deadline) noexcept;

    /// Hosted pools only: runs tasks of the first worker on the calling thread until none of them is runnable. If none
    /// is at first, waits for one, at most until `deadline`. After `deadline` no task begins a turn, except the first
    /// of the call: a call whose deadline has passed runs one turn of one task. False when the pool is shut down and
    /// all tasks have finished. One thread at a time may call. A call by two threads at once, or from a task of the
    /// pool, on whichever worker, ends the process.
    GREEN_API bool pump_until(weld::time::Instant deadline) noexcept;

    /// As `pump_until`, with the deadline `wait` from now. Zero does not wait, and runs one turn. A host that can spare
    /// some milliseconds when `as_handle` is readable passes those.
    template <class Rep, class Period>
    bool pump(std::chrono::duration<Rep, Period> wait) noexcept {
        return pump_until(weld::time::deadline_after(wait));
    }

    /// Hosted pools only: a descriptor that poll(2) finds readable when `pump` has something to do.
    [[nodiscard]] GREEN_API weld::sys::BorrowedHandle as_handle() const noexcept;

    /// Adds or removes workers until `count` run tasks of every kind; workers made for `Pin::Own` do not count. Adding
    /// fails as `start` does, and the workers that could be started stay. A worker that is removed hands its tasks to
    /// others once its running task parks. The host's worker is never removed. InvalidInput for zero, for more than
    /// 4,096, and once the pool has ended. Any thread may call.
    [[nodiscard]] GREEN_API weld::Result<void> set_workers(std::size_t count) const noexcept;
    [[nodiscard]] GREEN_API std::size_t workers() const noexcept;

    /// The metrics of all workers together. Any thread may call, at any time.
    [[nodiscard]] GREEN_API Metrics metrics() const noexcept;

    /// Writes the metrics of each worker, removed ones too, to `target`, as many as it has room for. Returns how many
    /// workers there are.
    GREEN_API std::size_t worker_metrics(std::span<WorkerMetrics> target) const noexcept;

private:
    struct End {
        GREEN_API void operator()(Scheduler* scheduler) const noexcept;
    };

    explicit Pool(std::unique_ptr<Scheduler, End> scheduler) noexcept;
    [[nodiscard]] static weld::Result<Pool> start_as(const Runtime& runtime, bool has_host) noexcept;

    std::unique_ptr<Scheduler, End> scheduler_;
};

/// As the members of Pool, for the calling task's runtime. Outside a task they end the process.
[[nodiscard]] GREEN_API weld::Result<void> set_workers(std::size_t count) noexcept;
[[nodiscard]] GREEN_API std::size_t workers() noexcept;
[[nodiscard]] GREEN_API Metrics metrics() noexcept;
GREEN_API std::size_t worker_metrics(std::span<WorkerMetrics> target) noexcept;

}  // namespace green
