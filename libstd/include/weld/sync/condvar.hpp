// SPDX-License-Identifier: MIT
//
// Condvar: a condition variable. Threads wait until something that a mutex guards has changed.
//
//     auto queue = jobs.lock();                       // sync::Mutex<std::deque<Job>> jobs
//     added.wait_while(queue, [](auto& jobs) { return jobs.empty(); });
//
// Works with every lock that has lock() and unlock(): a MutexGuard, a std::unique_lock over any mutex. Works best with
// locks over a Mutex. Eight bytes, constant-initialised, trivially destructible; a notification without a waiter costs
// no system call. The condition has to be changed under the mutex; the notification may come after unlocking it. A
// thread that still holds the lock passes it to `notify_one` and `notify_all`: the waiter is then woken when the mutex
// is free, instead of waking to find the mutex held.
//
// Its memory may be freed once all waiters have returned, also by one of them, while the notifying call has not
// returned yet. (A std::condition_variable may be destroyed as soon as all waiters were notified; a Condvar may not.)
#pragma once

#include <weld/native/event_count.hpp>
#include <weld/native/mutex.hpp>
#include <weld/time.hpp>

#include <cassert>
#include <chrono>
#include <functional>
#include <mutex>
#include <type_traits>
#include <utility>

namespace weld::sync {

class Condvar {
public:
    constexpr Condvar() noexcept = default;
    Condvar(const Condvar&) = delete;
    Condvar& operator=(const Condvar&) = delete;

    /// Unlocks, waits for a notification, and locks again. Spurious wake-ups happen: `wait_while` checks the condition
    /// itself.
    template <class Lock>
    void wait(Lock& lock) noexcept {
        const auto ticket = event_.prepare();
        unlock(lock);
        event_.wait(ticket);
        relock(lock);
    }

    /// As `wait`, at most until `deadline`; false when there was no notification.
    template <class Lock>
    [[nodiscard]] bool wait_until(Lock& lock, time::Instant deadline) noexcept {
        const auto ticket = event_.prepare();
        unlock(lock);
        const bool noticed = event_.wait_until(ticket, deadline);
        relock(lock);
        return noticed;
    }

    /// As `wait_until`, but returns true without waiting if `stopped()` holds. The state that `stopped` reads may be
    /// changed without the mutex, if the change and the read are sequentially consistent and `notify_all` follows the
    /// change.
    template <class Lock, class Stopped>
    [[nodiscard]] bool wait_unless_until(Lock& lock, time::Instant deadline, Stopped stopped) noexcept {
        const auto ticket = event_.prepare();
        if (stopped()) {
            event_.cancel(ticket);
            return true;
        }
        unlock(lock);
        const bool noticed = event_.wait_until(ticket, deadline);
        relock(lock);
        return noticed;
    }

    /// As `wait`, at most for `wait`; false when there was no notification.
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

    /// As `wait_while`, at most until `deadline`; false when the condition still holds then.
    template <class Lock, class Condition>
    [[nodiscard]] bool wait_while_until(Lock& lock, time::Instant deadline, Condition condition) {
        while (holds(lock, condition)) {
            if (!wait_until(lock, deadline)) {
                return !holds(lock, condition);
            }
        }
        return true;
    }

    /// As `wait_while`, at most for `wait`; false when the condition still holds then.
    template <class Lock, class Rep, class Period, class Condition>
    [[nodiscard]] bool wait_while_for(Lock& lock, std::chrono::duration<Rep, Period> wait, Condition condition) {
        return wait_while_until(lock, time::deadline_after(wait), std::move(condition));
    }

    /// Wakes one waiter.
    void notify_one() noexcept { event_.notify_one(); }

    /// Wakes all waiters.
    void notify_all() noexcept { event_.notify_all(); }

    /// As `notify_one`, called while holding `lock`, the lock that the waiters use. With a lock that was unlocked, and
    /// with a mutex instead of a lock, which cannot say who holds it, this is just `notify_one`.
    template <class Lock>
    void notify_one(Lock& held) noexcept {
        if constexpr (is_lock_of_mutex<Lock>) {
            if (held.owns_lock()) {
                if (event_.has_waiters()) {
                    event_.requeue_one(mutex_of(held).word_for_sleepers());
                }
                return;
            }
        }
        notify_one();
    }

    /// As `notify_all`, called while holding `lock`, the lock that the waiters use: the waiters are woken one after the
    /// other. With a lock that was unlocked this is just `notify_all`.
    template <class Lock>
    void notify_all(Lock& held) noexcept {
        if constexpr (is_lock_of_mutex<Lock>) {
            if (held.owns_lock()) {
                if (event_.has_waiters()) {
                    event_.requeue_all(mutex_of(held).word_for_sleepers());
                }
                return;
            }
        }
        notify_all();
    }

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
    // The weld mutex that a lock holds; null for other locks, of which only lock() and unlock() are used.
    template <class Lock>
        requires requires(const Lock& lock) { lock.as_native(); }
    static native::Mutex& mutex_of(const Lock& lock) noexcept {
        return lock.as_native();
    }
    template <class Lock>
        requires requires(const Lock& lock) { lock.mutex()->as_native(); }
    static native::Mutex& mutex_of(const Lock& lock) noexcept {
        return lock.mutex()->as_native();
    }
    static native::Mutex& mutex_of(const std::unique_lock<native::Mutex>& lock) noexcept { return *lock.mutex(); }

    // Sleepers are moved to the mutex only by a thread that holds it for certain: on a free mutex they would sleep for
    // ever.
    template <class Lock>
    static constexpr bool is_lock_of_mutex = requires(const Lock& lock) {
        mutex_of(lock);
        lock.owns_lock();
    };

    template <class Lock>
    static void unlock(Lock& lock) noexcept {
        if constexpr (requires { lock.owns_lock(); }) {
            assert(lock.owns_lock());
        }
        if constexpr (requires { mutex_of(lock); }) {
            mutex_of(lock).unlock();
        } else {
            lock.unlock();
        }
    }

    template <class Lock>
    static void relock(Lock& lock) noexcept {
        if constexpr (requires { mutex_of(lock); }) {
            mutex_of(lock).relock();
        } else {
            lock.lock();
        }
    }

    native::EventCount event_;
};

}  // namespace weld::sync
