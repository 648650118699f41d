// SPDX-License-Identifier: MIT
//
// Condvar: waiting until something that a mutex guards has changed.
//
//     auto queue = jobs.lock();                       // sync::Mutex<std::deque<Job>> jobs
//     added.wait_while(queue, [](auto& jobs) { return jobs.empty(); });
//
// Works with every lock that has lock() and unlock(): a MutexGuard, a std::unique_lock over any mutex. Eight bytes,
// constant-initialised, trivially destructible; to notify nobody costs no system call. May end once all that waited
// were notified. What is waited for has to be changed under the mutex; the notice may come after unlocking it.
#pragma once

#include <weld/native/event_count.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <functional>
#include <type_traits>

namespace weld::sync {

class Condvar {
public:
    constexpr Condvar() noexcept = default;
    Condvar(const Condvar&) = delete;
    Condvar& operator=(const Condvar&) = delete;

    /// Unlocks, waits for a notice, and locks again. May return without one: `wait_while` looks for itself.
    template <class Lock>
    void wait(Lock& lock) noexcept {
        const auto ticket = event_.prepare();
        lock.unlock();
        event_.wait(ticket);
        lock.lock();
    }

    /// As `wait`, at most until `deadline`; false when there was no notice.
    template <class Lock>
    [[nodiscard]] bool wait_until(Lock& lock, time::Instant deadline) noexcept {
        const auto ticket = event_.prepare();
        lock.unlock();
        const bool noticed = event_.wait_until(ticket, deadline);
        lock.lock();
        return noticed;
    }

    /// As `wait_until`, but does not wait if `stopped()` holds; true then. What `stopped` looks at may be changed
    /// without the mutex, if the change and the look are sequentially consistent and `notify_all` follows the change.
    template <class Lock, class Stopped>
    [[nodiscard]] bool wait_unless_until(Lock& lock, time::Instant deadline, Stopped stopped) noexcept {
        const auto ticket = event_.prepare();
        if (stopped()) {
            event_.cancel(ticket);
            return true;
        }
        lock.unlock();
        const bool noticed = event_.wait_until(ticket, deadline);
        lock.lock();
        return noticed;
    }

    /// As `wait`, at most for `wait`; false when there was no notice.
    template <class Lock, class Rep, class Period>
    [[nodiscard]] bool wait_for(Lock& lock, std::chrono::duration<Rep, Period> wait) noexcept {
        return wait_until(lock, time::deadline_after(wait));
    }

    /// Waits while `condition(value)`, or `condition()` for a lock without a value, holds.
    template <class Lock, class Condition>
    void wait_while(Lock& lock, Condition condition) {
        while (holds(lock, condition)) {
            wait(lock);
        }
    }

    /// As `wait_while`, at most until `deadline`; false when the condition holds even then.
    template <class Lock, class Condition>
    [[nodiscard]] bool wait_while_until(Lock& lock, time::Instant deadline, Condition condition) {
        while (holds(lock, condition)) {
            if (!wait_until(lock, deadline)) {
                return !holds(lock, condition);
            }
        }
        return true;
    }

    /// As `wait_while`, at most for `wait`; false when the condition holds even then.
    template <class Lock, class Rep, class Period, class Condition>
    [[nodiscard]] bool wait_while_for(Lock& lock, std::chrono::duration<Rep, Period> wait, Condition condition) {
        return wait_while_until(lock, time::deadline_after(wait), std::move(condition));
    }

    /// Ends the wait of one.
    void notify_one() noexcept { event_.notify_one(); }

    /// Ends the wait of all.
    void notify_all() noexcept { event_.notify_all(); }

    /// `condition(value)`, or `condition()` for a lock without a value.
    template <class Lock, class Condition>
    [[nodiscard]] static bool holds(Lock& lock, Condition& condition) {
        if constexpr (std::is_invocable_v<Condition&>) {
            return std::invoke(condition);
        } else {
            return std::invoke(condition, *lock);
        }
    }

private:
    native::EventCount event_;
};

}  // namespace weld::sync
