// SPDX-License-Identifier: MIT
//
// A runtime's life, and the host's thread that drives its first worker.
#include "scheduler.hpp"

#include "die.hpp"
#include "embodied.hpp"
#include "fork.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace green {

namespace {

/// Whether the caller is a task of `scheduler`.
bool is_called_by_task_of(const Scheduler& scheduler) noexcept {
    const Carrier* carrier = this_carrier();
    return carrier != nullptr && carrier->scheduler == &scheduler;
}

/// The loop that a host drives. On a pool without a host it ends the process with a message that names `call`.
HostLoop& must_be_hosted(const std::unique_ptr<HostLoop>& host, const char* call) noexcept {
    if (host == nullptr) {
        die("green: ", call, " was called on a Pool without a host: begin it by start_hosted\n");
    }
    return *host;
}

/// The loop that the calling thread is to drive. A call from a wrong thread ends the process.
HostLoop& begin_pump(const Scheduler& scheduler, const Worker& worker) noexcept {
    HostLoop& host = must_be_hosted(worker.host, "pump");
    if (is_called_by_task_of(scheduler)) {
        die("green: ", "pump", " was called by a task of its own pool: a native thread has to call it\n");
    }
    if (scheduler.is_another_process()) [[unlikely]] {
        die("green: ", "pump was called", after_fork);
    }
    if (host.driven.exchange(1, std::memory_order_acquire)) {
        die("green: ", "pump", " was called by two threads at once: one thread at a time may drive a pool\n");
    }
    return host;
}

/// Calls `run`, which returns at the carrier's next turn: after one turn of a task if `alone`, because tasks switch to
/// each other without reading the clock.
template <class Run>
void run_for_host(Worker& worker, bool alone, Run run) noexcept {
    if (!alone) {
        run();
        return;
    }
    worker.is_plain.store(false, std::memory_order_relaxed);  // each switch counts its turn
    const std::uint64_t budget = worker.turn_end.exchange(Worker::each_turn, std::memory_order_relaxed);
    run();
    if (worker.turn_end.load(std::memory_order_relaxed) == Worker::each_turn) {
        worker.turn_end.store(budget, std::memory_order_relaxed);  // otherwise the task yielded to the loop
    }
}

}  // namespace

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
    if (result) {
        result = starter_.start();  // while the other threads do not exist yet
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

/// Starts nothing more from outside.
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
    if (is_called_by_task_of(*this)) {
        die("green: ", "a Pool", " was shut down by one of its own tasks, and would wait for ever\n");
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
        const std::lock_guard lock(carriers_.mutex);  // after this no thread starts a carrier
    }
    offloads_.stop();
    starter_.stop();
    carriers_.join_all();
    // A few instructions of those threads, unless they were preempted in the middle of them.
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

weld::sys::BorrowedFd Scheduler::host_descriptor() const noexcept {
    return must_be_hosted(slots()[0]->host, "as_handle").descriptor();
}

bool Scheduler::pump(Instant deadline) noexcept {
    Carrier& carrier = carriers_.first();
    Worker& worker = *slots()[0];
    HostLoop& host = begin_pump(*this, worker);
    const Embodied embodied(carrier, options_);
    if (std::exchange(host.sleeps, false)) {
        wake_up(worker);
    }
    bool ran = false;
    for (bool looked = false;;) {
        if (!worker.discards.is_empty()) {
            worker.discards.empty_outside(carrier);  // a host's worker is never taken
        }
        if (Task* task = find_now(carrier, worker)) {
            run_for_host(worker, deadline != Instant::max(), [&] { run_task(carrier, *task); });
            ran = true;
            looked = false;
            if (now() >= deadline) {
                break;
            }
        } else if (const bool ended = ended_.load(std::memory_order_acquire); !ended && !std::exchange(looked, true)) {
            host.look();  // so that tasks of ready descriptors can run now
        } else if (ended || ran || now() >= deadline) {
            break;
        } else {
            sleep(carrier, worker, std::min(deadline, trim_before_sleep(worker)));
        }
    }
    // Asleep until the host comes again: its descriptor says when.
    const Instant trim_due = trim_before_sleep(worker);
    host.look();
    const bool idle = fall_asleep(carrier, worker);
    host.sleeps = true;
    host.arm(std::min(worker.timers.first(), trim_due));
    if (!idle) {
        host.ring();
    }
    host.driven.store(0, std::memory_order_release);
    return !ended_.load(std::memory_order_acquire);
}

}  // namespace green
