// SPDX-License-Identifier: MIT
//
// The carriers of a scheduler: how they live, and how a worker is handed from one to another.
#include "scheduler.hpp"

#include "embodied.hpp"

#include <green/blocking.hpp>

#include <weld/sys/posix/process.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::nanoseconds shortest_rest = 1s;  // of a spare carrier, before its thread ends
constexpr std::chrono::nanoseconds longest_rest = 64s;  // while the thread must not end; doubles each time

/// Whether the calling thread has children, running or zombies. Those with a death signal
/// (prctl(2), PR_SET_PDEATHSIG) get it when the thread ends, and no call returns which have one.
bool has_children() noexcept {
    using enum weld::sys::WaitOptions;
    const auto found = weld::sys::waitid(weld::sys::WaitFor::Any, 0, Exited | NoHang | NoWait | OfThread | OfAnyKind);
    return found.has_value();
}

}  // namespace

// ---- their life ---------------------------------------------------------------------------------------

void* Scheduler::carrier_main(void* argument) {
    Carrier& carrier = *static_cast<Carrier*>(argument);
    weld::native::set_current_thread_name("green");
    carrier.scheduler->carry(carrier);
    return nullptr;
}

/// The life of a carrier: it runs tasks while it holds a worker, and waits for a worker while it holds none.
void Scheduler::carry(Carrier& carrier) noexcept {
    const Embodied embodied(carrier, options_);
    for (;;) {
        if (carrier.worker == nullptr) {
            await_worker(carrier);
            if (carrier.worker == nullptr) {
                break;
            }
            look_around(carrier, *carrier.worker);  // begins its own budget, see find
        }
        if (Task* task = find(carrier)) {
            run_task(carrier, *task);
        } else if (carrier.worker != nullptr) {
            break;
        }
    }
}

/// Returns with a worker, or without one when the thread is to end.
void Scheduler::await_worker(Carrier& carrier) noexcept {
    Task* waiting = nullptr;
    {
        const std::lock_guard lock(carriers_.mutex);
        waiting = carriers_.add_spare(carrier);
    }
    if (waiting != nullptr) {
        hand_over(*waiting);
    }
    end_if_all_ended();  // it may have ended the last task, and does not pass fall_asleep
    // Without a monitor no thread would join this one.
    auto rest = shortest_rest;
    for (Instant until = monitor_.is_there() ? now() + rest : Instant::max();;) {
        bool has_tasks = carrier.pinned_queue.size() != 0;
        {
            const std::lock_guard lock(carrier.mutex);
            if (carrier.worker != nullptr || ended_.load(std::memory_order_acquire)) {
                return;
            }
            has_tasks = has_tasks || carrier.inbox.size() != 0;
        }
        if (has_tasks) {
            {
                const std::lock_guard lock(carriers_.mutex);
                if (has_own_worker(carrier)) {
                    return;
                }
                (void)carriers_.claim(carrier);
            }
            notify();  // a worker that is woken sees the claim
        }
        if (until == Instant::max()) {
            carrier.spare.park();
        } else if (!carrier.spare.park_until(until)) {
            const bool has_to_stay = has_children();
            if (!has_to_stay && retire_carrier(carrier)) {
                return;
            }
            rest = std::min(2 * rest, longest_rest);
            until = has_to_stay ? now() + rest : Instant::max();
        }
    }
}

/// Whether `carrier` got a worker of its own for its pinned tasks: a spare gets one if there is no worker to serve it
/// but a host's, which never does. With the mutex held.
bool Scheduler::has_own_worker(Carrier& carrier) noexcept {
    if (general_.load(std::memory_order_relaxed) > (slots()[0]->host != nullptr ? 1U : 0U)) {
        return false;
    }
    if (!stacks_.add_spare(StackMagazine::capacity)) {
        return false;
    }
    Worker* worker = make_worker(Duty::Pinned);
    if (worker == nullptr || !carriers_.leave(carrier)) {  // no memory, or a worker is on its way
        if (worker != nullptr) {
            worker->duty.store(Duty::None, std::memory_order_relaxed);
        }
        stacks_.remove_spare(StackMagazine::capacity);
        return false;
    }
    Carriers::set_worker(carrier, *worker);
    return true;
}

/// Whether the calling thread, a spare's, is to end.
bool Scheduler::retire_carrier(Carrier& carrier) noexcept {
    bool retired = false;
    {
        const std::lock_guard lock(carriers_.mutex);
        retired = carriers_.retire(carrier);
    }
    if (retired) {
        std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with that in sleep_deeply
        monitor_.ring_if_deep();
    }
    return retired;
}

// ---- hand-off -----------------------------------------------------------------------------------------

/// Gives `worker` to a spare that claims one for its pinned tasks; false when there is none. The calling carrier
/// becomes a spare.
bool Scheduler::give_to_claimant(Carrier& carrier, Worker& worker) noexcept {
    if (!worker.does_all()) {
        return false;
    }
    Carrier* claimant = nullptr;
    {
        const std::lock_guard lock(carriers_.mutex);
        claimant = carriers_.take_claimant();
    }
    if (claimant == nullptr) {
        return false;
    }
    stop_searching(worker, nullptr);  // after the claim was taken, so that it wakes no other worker for it
    {
        const std::lock_guard lock(carrier.mutex);
        carrier.worker = nullptr;
    }
    Carriers::give(*claimant, worker);
    return true;
}

bool Scheduler::hand_off(std::size_t index) noexcept {
    const std::lock_guard lock(carriers_.mutex);
    return index < carriers_.size() &&
           carriers_.hand_off(carriers_[index], Carrier::any_stretch) == Carriers::HandOff::Done;
}

/// Whether one more carrier is allowed. With the mutex held.
bool Scheduler::may_have_spare() const noexcept {
    const auto employed = static_cast<std::size_t>(std::ranges::count_if(
        slots(), [](const auto& worker) { return worker->duty.load(std::memory_order_relaxed) != Duty::None; }));
    return carriers_.count() <= employed || carriers_.count() - employed < options_.spare_carriers;
}

Carrier& Scheduler::give_worker_away(Carrier& carrier) noexcept {
    Carrier* on = &carrier;
    for (bool waited = false;; waited = true) {
        Worker* worker = on->worker;
        Scheduler& scheduler = *on->scheduler;
        Carriers& carriers = scheduler.carriers_;
        if (worker == nullptr || !worker->may_be_taken() || scheduler.options_.spare_carriers == 0) {
            if (waited) {
                scheduler.end_wait_for_spare();  // leaves the spare for which it waited to others
            }
            return *on;
        }
        {
            const std::lock_guard lock(carriers.mutex);
            if (Carrier* spare = carriers.take_spare(true)) {
                {
                    const std::lock_guard own(on->mutex);
                    (void)carriers.take_worker(*on);
                }
                Carriers::give(*spare, *worker);
                return *on;
            }
            if (scheduler.may_have_spare() && scheduler.monitor_.has_failed()) {
                return *on;  // no thread can be started: the task continues without a hand-off
            }
        }
        const auto wait = [](void* raw, Carrier& left) noexcept {
            Task& task = *static_cast<Task*>(raw);
            Scheduler& own = *left.scheduler;
            {
                const std::lock_guard lock(own.carriers_.mutex);
                if (own.carriers_.has_spare() || (own.may_have_spare() && own.monitor_.has_failed())) {
                    resume(left, task);
                    return;
                }
                own.carriers_.waiting.push(&task);
            }
            own.monitor_.poke();  // the monitor starts a spare, if one more is allowed
        };
        on = &suspend(*on, wait, on->running);
    }
}

/// Resumes the next task that waits for a spare.
void Scheduler::end_wait_for_spare() noexcept {
    Task* waiting = nullptr;
    {
        const std::lock_guard lock(carriers_.mutex);
        waiting = carriers_.waiting.pop();
    }
    if (waiting != nullptr) {
        hand_over(*waiting);
    }
}

BlockingScope::BlockingScope() noexcept {
    Carrier& carrier = calling_carrier("green::blocking");
    NoSwitch::check(*carrier.running);
    Task& task = *carrier.running;
    carrier.enter();
    Scheduler::give_worker_away(carrier).leave();
    task.begin_blocking();
}

BlockingScope::~BlockingScope() {
    Carrier& carrier = calling_carrier("green::blocking");
    carrier.running->end_blocking();
    carrier.enter();
    Scheduler::with_worker(carrier).leave();
}

}  // namespace green
