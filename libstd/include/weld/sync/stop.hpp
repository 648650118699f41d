// SPDX-License-Identifier: MIT
//
// stop: waiting for a condition until a std::stop_token cancels the wait.
//
//     auto queue = jobs.lock();                       // sync::Mutex<std::deque<Job>> jobs
//     if (!sync::wait_while(added, queue, stop, [](auto& jobs) { return jobs.empty(); })) { return; }
//
// Separate from `condvar.hpp`, which needs no std::stop_token. A stop request wakes all waiters of the Condvar; waiters
// with another token check their condition and wait again.
#pragma once

#include <weld/sync/condvar.hpp>
#include <weld/time.hpp>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <utility>

namespace weld::sync {

/// As `Condvar::wait_while_until`, but returns as soon as `stop` is requested, and at once if it was requested before.
/// False when the condition still holds then.
template <class Lock, class Condition>
[[nodiscard]] bool wait_while_until(Condvar& condvar, Lock& lock, const std::stop_token& stop, time::Instant deadline,
                                    Condition condition) {
    // Not `stop_requested()`, which is not ordered with the notification. This flag and the Condvar are both
    // sequentially consistent, so either the waiter sees the flag after it has prepared, or the notification sees the
    // waiter.
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
