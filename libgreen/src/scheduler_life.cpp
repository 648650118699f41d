// SPDX-License-Identifier: MIT
//
// A runtime's life, and the thread of a host that lends it some of its own.
#include "scheduler.hpp"

#include "die.hpp"
#include "embodied.hpp"
#include "fork.hpp"

#include <mutex>
#include <new>
#include <utility>

namespace green {

Scheduler::Scheduler(const Runtime& options, std::size_t workers, std::size_t spares)
    : options_(options),
      float_control_(get_float_control()),
      forks_(fork_count()),
      stacks_(options.stack_size),
      carriers_(*this, options.float_control),
      spare_count_(spares) {
    slots_.reserve(most_workers);
    for (std::size_t i = 0; i < workers; ++i) {
        if (make_worker(Duty::All) == nullptr) {
            throw std::bad_alloc();
        }
    }
    general_.store(workers, std::memory_order_relaxed);
    shares_.store(workers > 1, std::memory_order_relaxed);
    for (const auto& worker : slots()) {
        worker->has_thieves.store(workers > 1, std::memory_order_relaxed);
    }
    if (const auto spare = stacks_.add_spare(workers * StackMagazine::capacity); !spare) {
        throw std::bad_alloc();
    }
}

Scheduler::~Scheduler() {
    for (const auto& worker : slots()) {
        worker->stacks.empty(stacks_);
    }
    for (const auto& place : other_stacks_) {
        delete place.load(std::memory_order_relaxed);
    }
}

bool Scheduler::is_another_process() const noexcept { return forks_ != fork_count(); }

// ---- a runtime's life ---------------------------------------------------------------------------------

weld::Result<void> Scheduler::begin(const char* operation, bool has_host, std::size_t without_thread) noexcept {
    if (has_shadow_stack()) {
        return std::unexpected(
            weld::Error("run: this process has shadow stacks (CET, GCS), which green cannot switch: turn them off",
                        weld::Fault::Unsupported));
    }
    weld::sys::Result<void> result;
    const std::lock_guard lock(carriers_.mutex);
    watch_forks();
    if (has_host) {
        result = host_first_worker();
    }
    for (std::size_t i = 0; i < slots_.size() + spare_count_ && result; ++i) {
        Carrier* carrier = carriers_.make(i < slots_.size() ? slots_[i].get() : nullptr);
        if (carrier == nullptr) {
            result = std::unexpected(weld::sys::Errno::Nomem);
        } else if (i >= without_thread) {
            result = carriers_.start_thread(*carrier);
        }
    }
    if (result && slots_.size() > (has_host ? 1 : 0)) {
        result = monitor_.start();
    }
    if (!result) {
        return std::unexpected(weld::Error(operation, result.error()));
    }
    return {};
}

weld::Result<void> Scheduler::run(Task& first) noexcept {
    held_.store(true, std::memory_order_relaxed);
    auto result = begin("run", false, 1);
    if (result) {
        result =
            start(first, nullptr,
                  {.name = "run", .mapping = "run: mapping a stack, for which see vm.max_map_count and RLIMIT_AS"}, {});
    }
    close();
    if (result) {
        carry(carriers_.first());
    }
    end_threads();
    return result;
}

weld::Result<void> Scheduler::open(bool has_host) noexcept {
    held_.store(true, std::memory_order_relaxed);
    auto result = begin("start", has_host, has_host ? 1 : 0);
    if (!result) {
        close();
        end_threads();
    }
    return result;
}

/// Nothing is started from outside any more.
void Scheduler::close() noexcept {
    {
        const std::lock_guard lock(carriers_.mutex);
        closed_ = true;
    }
    held_.store(false, std::memory_order_seq_cst);
    end_if_all_ended();
}

bool Scheduler::await_end(Instant deadline) noexcept {
    if (is_another_process()) [[unlikely]] {
        die("green: ", "a shutdown was awaited", after_fork);
    }
    close();
    while (!ended_.load(std::memory_order_acquire)) {
        if (slots()[0]->host != nullptr) {
            if (pump(deadline) && now() >= deadline) {
                return false;
            }
        } else if (deadline == Instant::max()) {
            owner_.park();
        } else if (!owner_.park_until(deadline) && !ended_.load(std::memory_order_acquire)) {
            return false;
        }
    }
    end_threads();
    return true;
}

void Scheduler::end_threads() noexcept {
    monitor_.stop();
    {
        const std::lock_guard lock(carriers_.mutex);  // nobody starts a carrier after it
    }
    carriers_.join_all();
    // A few instructions of theirs, unless they were interrupted in the middle of them.
    while (outsiders_.load(std::memory_order_acquire) != 0) {
        weld::native::yield_now();
    }
}

// ---- the host's thread --------------------------------------------------------------------------------

weld::sys::Result<void> Scheduler::host_first_worker() noexcept {
    auto host = HostLoop::make();
    if (!host) {
        return std::unexpected(host.error());
    }
    Worker& worker = *slots_[0];
    worker.loop.store(host->get(), std::memory_order_release);
    worker.host = *std::move(host);
    worker.has_thieves.store(true, std::memory_order_relaxed);
    // Asleep until the host first comes.
    worker.host->sleeps = true;
    worker.counts = false;
    worker.asleep.store(Worker::sleeps, std::memory_order_release);
    return {};
}

weld::sys::BorrowedFd Scheduler::host_descriptor() const noexcept { return slots()[0]->host->descriptor(); }

bool Scheduler::pump(Instant deadline) noexcept {
    Carrier& carrier = carriers_.first();
    Worker& worker = *slots()[0];
    if (this_carrier() == &carrier) {
        die("green: ", "pump", " was called by a task that it runs\n");
    }
    if (is_another_process()) [[unlikely]] {
        die("green: ", "pump was called", after_fork);
    }
    const Embodied embodied(carrier, options_);
    if (std::exchange(worker.host->sleeps, false)) {
        wake_up(worker);
    }
    bool ran = false;
    for (;;) {
        if (Task* task = find_now(carrier, worker)) {
            run_task(carrier, *task);
            ran = true;
            if (deadline != Instant::max() && now() >= deadline) {
                break;
            }
        } else if (ran || ended_.load(std::memory_order_acquire) || now() >= deadline) {
            break;
        } else {
            sleep(carrier, worker, deadline);
        }
    }
    // Asleep until the host comes again: its descriptor tells it when.
    worker.host->look();
    const bool idle = fall_asleep(carrier, worker);
    worker.host->sleeps = true;
    worker.host->arm(worker.timers.first());
    if (!idle) {
        worker.host->ring();
    }
    return !ended_.load(std::memory_order_acquire);
}

}  // namespace green
