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
// Constant-initialised, trivially destructible, no allocation; to notify nobody is one load. The upper half counts
// notices, the lower one who prepared and was not noticed yet. A notice is one operation on both, and what follows
// uses the address alone: who was noticed and has returned may free the memory.
//
// Nothing is lost: `prepare` and `notify` are sequentially consistent, so a change that is sequentially consistent
// too (or made under a mutex that the waiter holds when it prepares) is either seen between `prepare` and `wait`, or
// its notice sees who prepared. A notice ends the wait of all who prepared before and do not sleep yet, beside one
// who does: whoever returns looks at the condition again.
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
        return Ticket(notices(state_.fetch_add(one_waiter, std::memory_order_seq_cst)));
    }

    /// There is nothing to wait for after all.
    WELD_API void cancel(Ticket ticket) noexcept;

    /// Sleeps until there was a notice since `ticket`.
    WELD_API void wait(Ticket ticket) noexcept;

    /// As `wait`, at most until `deadline`. False when there was no notice.
    [[nodiscard]] WELD_API bool wait_until(Ticket ticket, Instant deadline) noexcept;

    /// Ends the wait of one who sleeps, if any does.
    void notify_one() noexcept {
        if (waiters(state_.load(std::memory_order_seq_cst)) != 0) [[unlikely]] {
            notify_some(1, nullptr);
        }
    }

    /// Ends the wait of all.
    void notify_all() noexcept {
        if (waiters(state_.load(std::memory_order_seq_cst)) != 0) [[unlikely]] {
            notify_some(all, nullptr);
        }
    }

    /// As `notify_one`, and who sleeps goes on sleeping, on `target`, until it is woken there.
    void requeue_one(const FutexWord* target) noexcept { notify_some(1, target); }

    /// As `notify_all`, and who sleeps goes on sleeping, on `target`, until it is woken there.
    void requeue_all(const FutexWord* target) noexcept { notify_some(all, target); }

    /// Whether anybody has prepared to wait.
    [[nodiscard]] bool has_waiters() const noexcept { return waiters(state_.load(std::memory_order_seq_cst)) != 0; }

private:
    static constexpr std::uint64_t one_waiter = 1;
    static constexpr std::uint64_t one_notice = std::uint64_t{1} << 32;
    static constexpr std::uint32_t all = 0x7fffffff;

    static constexpr std::uint32_t waiters(std::uint64_t state) noexcept { return static_cast<std::uint32_t>(state); }
    static constexpr std::uint32_t notices(std::uint64_t state) noexcept {
        return static_cast<std::uint32_t>(state >> 32);
    }

    WELD_API void notify_some(std::uint32_t count, const FutexWord* target) noexcept;
    void pass_on_unless_noticed(Ticket ticket) noexcept;
    [[nodiscard]] bool is_noticed(Ticket ticket) const noexcept;
    [[nodiscard]] const FutexWord& notice_word() const noexcept;

    std::atomic<std::uint64_t> state_{0};
};

}  // namespace weld::native
