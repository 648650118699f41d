// SPDX-License-Identifier: MIT
//
// EventCount: waiting for a condition that is kept elsewhere, in eight bytes.
//
//     while (!ready()) {                       // who waits          // who makes it ready
//         const auto ticket = event.prepare();                       make_ready();
//         if (ready()) { event.cancel(ticket); break; }              event.notify_one();
//         event.wait(ticket);
//     }
//
// Constant-initialised, trivially destructible, no allocation; to notify nobody is one load. A notifier changes the
// word once and uses the address alone after that: a waiter that was notified and has returned may free the memory.
//
// The word is: 28 bits of the number of notifications | 4 bits of claims | 32 bits of waiters. Waiters have prepared
// and are claimed by no notification; claims are notifications whose waiter has not returned yet. `prepare` adds a
// waiter, a notification turns one (or all) into claims, and each that returns takes off a claim if it was notified and
// there is one, else a waiter. So both together are always exactly those that have prepared and not returned.
// Claims saturate: a notification beyond them leaves its waiter counted, which costs later ones a system call.
//
// No wake-up is lost. Call a waiter old if there was a notification since it prepared. (1) Waiters >= those not old:
// each adds one, a notification makes all old, and who is not old takes off its own. (2) Claims <= old ones that are
// awake, plus wakes on their way: a claim comes with a wake. A wake that meets no sleeper proves that all old ones are
// awake. A wake that meets a waiter which is not old (the kernel wakes by priority, and a notifier may be preempted
// before its wake) is passed on, and where nobody takes it the claim becomes a waiter again. As the sum is exact,
// waiters >= sleepers less wakes on their way: a notification that finds none may leave all asleep.
// A wake is passed on only while there are claims and once by each waiter, so it cannot go in circles.
//
// `prepare` and the first look of a notification are sequentially consistent: a change that is sequentially consistent
// too (or made under a mutex that the waiter holds when it prepares) is either seen between `prepare` and `wait`, or
// its notification sees the waiter. A notification is a release and a return an acquire; what others do to the word in
// between are read-modify-writes, which continue the release. A notification ends the wait of all that prepared before
// and do not sleep yet, beside one that does: a waiter that returns looks at the condition again.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/repr.hpp>

#include <atomic>
#include <cstdint>

namespace weld::native {

class EventCount {
public:
    /// What `prepare` saw.
    enum class Ticket : std::uint32_t {};

    constexpr EventCount() noexcept = default;
    EventCount(const EventCount&) = delete;
    EventCount& operator=(const EventCount&) = delete;

    /// Says that the calling thread is about to wait. `cancel` or a wait has to follow.
    [[nodiscard]] Ticket prepare() noexcept {
        const std::uint64_t seen = state_.fetch_add(one_waiter, std::memory_order_seq_cst);
        if (waiters(seen) >= many) [[unlikely]] {
            state_.fetch_sub(one_waiter, std::memory_order_relaxed);
        }
        return Ticket(notifications(seen));
    }

    /// There is nothing to wait for after all.
    void cancel(Ticket ticket) noexcept { (void)leave(ticket); }

    /// Sleeps until there was a notification since `ticket`.
    WELD_API void wait(Ticket ticket) noexcept;

    /// As `wait`, at most until `deadline`. False when there was no notification.
    [[nodiscard]] WELD_API bool wait_until(Ticket ticket, Instant deadline) noexcept;

    /// Ends the wait of one that sleeps, if any does.
    void notify_one() noexcept {
        if (has_waiters()) [[unlikely]] {
            notify_some(1, nullptr);
        }
    }

    /// Ends the wait of all.
    void notify_all() noexcept {
        if (has_waiters()) [[unlikely]] {
            notify_some(all, nullptr);
        }
    }

    /// As `notify_one`, but a sleeper goes on sleeping, on `target`, until it is woken there.
    void requeue_one(const FutexWord* target) noexcept { notify_some(1, target); }

    /// As `notify_all`, but sleepers go on sleeping, on `target`, until they are woken there.
    void requeue_all(const FutexWord* target) noexcept { notify_some(all, target); }

    /// Whether there is a waiter that no notification has claimed.
    [[nodiscard]] bool has_waiters() const noexcept { return waiters(state_.load(std::memory_order_seq_cst)) != 0; }

private:
    static constexpr std::uint64_t one_waiter = 1;
    static constexpr std::uint64_t one_claim = std::uint64_t{1} << 32;
    static constexpr std::uint64_t one_notification = std::uint64_t{1} << 36;
    static constexpr std::uint32_t max_claims = 15;
    static constexpr std::uint32_t all = 0x7fffffff;
    static constexpr std::uint32_t many = 0x80000000;  // no threads are so many: a count that is there stays

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
