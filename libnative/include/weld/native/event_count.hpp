// SPDX-License-Identifier: MIT
//
// EventCount: waiting for a condition that is stored elsewhere, in eight bytes; a condition variable without a mutex.
//
//     while (!ready()) {                       // waiter             // notifier
//         const auto ticket = event.prepare();                       make_ready();
//         if (ready()) { event.cancel(ticket); break; }              event.notify_one();
//         event.wait(ticket);
//     }
//
// It is constant-initialised and trivially destructible, and allocates nothing; a notification without waiters is one
// load. A notifier changes the word once and after that uses the address only: a notified waiter that has returned may
// free the memory.
//
// The word holds: 28 bits, the number of notifications | 4 bits, claims | 32 bits, waiters. A waiter has prepared and
// no notification has claimed it. A claim is a notification whose waiter has not returned yet. `prepare` adds a waiter.
// A notification turns one waiter (or all) into claims. A thread that returns takes off a claim if it was notified and
// there is one, else a waiter. So the sum of both is always exactly the number of threads that have prepared and not
// returned. Claims saturate: a notification beyond their maximum leaves its waiter counted, which costs later
// notifications a system call.
//
// No wake-up is lost. Call a waiter old if there was a notification since it prepared, else new. (1) Waiters >= new
// waiters: each adds one, a notification makes all old, and a new waiter that leaves takes off its own. (2) Claims <=
// old waiters that are awake + wakes in flight: each claim comes with a wake. A wake that meets no sleeper proves that
// all old waiters are awake. A wake that meets a new waiter (the kernel wakes by priority, and a notifier may be
// preempted before its wake) is passed on, and if nobody takes it, the claim becomes a waiter again. Since the sum is
// exact, waiters >= sleepers - wakes in flight: a notification that finds no waiters may leave all asleep.
// A wake is passed on only while there are claims, and once by each waiter, so it cannot circulate for ever.
//
// `prepare` and the first load of a notification are sequentially consistent. So a change that is sequentially
// consistent too (or is made under a mutex that the waiter holds when it prepares) is either seen between `prepare` and
// `wait`, or its notification sees the waiter. A notification is a release and a return an acquire; other threads
// change the word in between only by read-modify-writes, which continue the release sequence. A notification ends the
// wait of one sleeper and of all threads that prepared before it and do not sleep yet: so a wake-up may be spurious,
// and a waiter that returns checks its condition again.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/repr.hpp>

#include <atomic>
#include <cstdint>

namespace weld::native {

class EventCount {
public:
    /// The number of notifications that `prepare` saw.
    enum class Ticket : std::uint32_t {};

    constexpr EventCount() noexcept = default;
    EventCount(const EventCount&) = delete;
    EventCount& operator=(const EventCount&) = delete;

    /// Registers the calling thread as a waiter. The caller must then call `cancel` or a wait.
    [[nodiscard]] Ticket prepare() noexcept {
        const std::uint64_t seen = state_.fetch_add(one_waiter, std::memory_order_seq_cst);
        if (waiters(seen) >= many) [[unlikely]] {
            state_.fetch_sub(one_waiter, std::memory_order_relaxed);
        }
        return Ticket(notifications(seen));
    }

    /// Unregisters the waiter: there is nothing to wait for after all.
    void cancel(Ticket ticket) noexcept { (void)leave(ticket); }

    /// Sleeps until there is a notification after `ticket`; returns at once if there already was one.
    WELD_API void wait(Ticket ticket) noexcept;

    /// As `wait`, but at most until `deadline`. False when there was no notification.
    [[nodiscard]] WELD_API bool wait_until(Ticket ticket, Instant deadline) noexcept;

    /// Ends the wait of one sleeper, if there is one.
    void notify_one() noexcept {
        if (has_waiters()) [[unlikely]] {
            notify_some(1, nullptr);
        }
    }

    /// Ends the wait of all waiters.
    void notify_all() noexcept {
        if (has_waiters()) [[unlikely]] {
            notify_some(all, nullptr);
        }
    }

    /// As `notify_one`, but moves the sleeper to `target`, where it goes on sleeping until it is woken.
    void requeue_one(const FutexWord* target) noexcept { notify_some(1, target); }

    /// As `notify_all`, but moves the sleepers to `target`, where they go on sleeping until they are woken.
    void requeue_all(const FutexWord* target) noexcept { notify_some(all, target); }

    /// Whether there is a waiter that no notification has claimed.
    [[nodiscard]] bool has_waiters() const noexcept { return waiters(state_.load(std::memory_order_seq_cst)) != 0; }

private:
    static constexpr std::uint64_t one_waiter = 1;
    static constexpr std::uint64_t one_claim = std::uint64_t{1} << 32;
    static constexpr std::uint64_t one_notification = std::uint64_t{1} << 36;
    static constexpr std::uint32_t max_claims = 15;
    static constexpr std::uint32_t all = 0x7fffffff;
    static constexpr std::uint32_t many = 0x80000000;  // more than any number of threads: a count this high saturates

    static constexpr std::uint32_t waiters(std::uint64_t state) noexcept { return static_cast<std::uint32_t>(state); }
    static constexpr std::uint32_t claims(std::uint64_t state) noexcept {
        return static_cast<std::uint32_t>(state >> 32) & max_claims;
    }
    static constexpr std::uint32_t notifications(std::uint64_t state) noexcept {
        return static_cast<std::uint32_t>(state >> 36);
    }

    WELD_API void notify_some(std::uint32_t count, const FutexWord* target) noexcept;
    WELD_API bool leave(Ticket ticket) noexcept;
    [[nodiscard]] bool pass_on_if_new(Ticket ticket) noexcept;
    [[nodiscard]] const FutexWord& futex_word() const noexcept;

    std::atomic<std::uint64_t> state_{0};
};

}  // namespace weld::native
