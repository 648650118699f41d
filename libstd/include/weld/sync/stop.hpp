// SPDX-License-Identifier: MIT
//
// stop: waiting for a condition, which a std::stop_token ends.
//
//     auto queue = jobs.lock();                       // sync::Mutex<std::deque<Job>> jobs
//     if (!sync::wait_while(added, queue, stop, [](auto& jobs) { return jobs.empty(); })) { return; }
//
// Apart from `condvar.hpp`, which needs no std::stop_token. A request wakes all who wait on the Condvar; those that it
// is not for look and wait on.
#pragma once

#include <weld/sync/condvar.hpp>
#include <weld/time.hpp>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <utility>

namespace weld::sync {

/// As `Condvar::wait_while_until`; returns at once, too, when `stop` is requested, also if it was before. False when
/// the condition holds even then.
template <class Lock, class Condition>
[[nodiscard]] bool wait_while_until(Condvar& condvar, Lock& lock, const std::stop_token& stop, time::Instant deadline,
                                    Condition condition) {
    // Not `stop_requested()`, which orders nothing between it and the notice: with both of this flag and the Condvar
    // sequentially consistent, either the waiter sees the flag after it has prepared, or the notice sees the waiter.
    std::atomic<bool> stopped{false};
    const std::stop_callback wake(stop, [&]() noexcept {
        stopped.store(true, std::memory_order_seq_cst);
        condvar.notify_all();
    });
    while (Condvar::holds(lock, condition)) {
        const bool noticed =
            condvar.wait_unless_until(lock, deadline, [&stopped] { return stopped.load(std::memory_order_seq_cst); });
        if (!noticed || stopped.load(std::memory_order_relaxed)) {
            return !Condvar::holds(lock, condition);
        }
    }
    return true;
}

/// As `wait_while_until`, at most for `wait`.
template <class Lock, class Rep, class Period, class Condition>
[[nodiscard]] bool wait_while_for(Condvar& condvar, Lock& lock, const std::stop_token& stop,
                                  std::chrono::duration<Rep, Period> wait, Condition condition) {
    return wait_while_until(condvar, lock, stop, time::deadline_after(wait), std::move(condition));
}

/// As `wait_while_until`, without a deadline.
template <class Lock, class Condition>
[[nodiscard]] bool wait_while(Condvar& condvar, Lock& lock, const std::stop_token& stop, Condition condition) {
    return wait_while_until(condvar, lock, stop, time::Instant::max(), std::move(condition));
}

}  // namespace weld::sync
