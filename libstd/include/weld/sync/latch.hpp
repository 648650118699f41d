// SPDX-License-Identifier: MIT
//
// Latch: a countdown that threads wait for. It reaches zero once and is not reset.
//
// Four bytes, constant-initialised, trivially destructible. Its memory may be freed once all waiters have returned,
// also by one of them, while a call of `count_down` has not returned yet.
#pragma once

#include <weld/native/repr.hpp>
#include <weld/time.hpp>

#include <cassert>
#include <chrono>
#include <cstdint>

namespace weld::sync {

class Latch {
public:
    constexpr explicit Latch(std::uint32_t count) noexcept : left_(count) {}
    Latch(const Latch&) = delete;
    Latch& operator=(const Latch&) = delete;

    /// Lowers the count by `by`, which is at most what is left. Everything done before is visible to threads that have
    /// waited.
    void count_down(std::uint32_t by = 1) noexcept {
        const std::uint32_t before = left_.fetch_sub(by, std::memory_order_acq_rel);
        assert(before >= by);
        if (before == by && by != 0) {
            wake(&left_);
        }
    }

    /// Whether the count is zero. Does not wait.
    [[nodiscard]] bool try_wait() const noexcept { return left_.load(std::memory_order_acquire) == 0; }

    /// Waits until the count is zero.
    WELD_API void wait() const noexcept;

    /// As `wait`, at most until `deadline`; false when the count is not zero by then.
    [[nodiscard]] WELD_API bool wait_until(time::Instant deadline) const noexcept;

    /// As `wait`, at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> wait) const noexcept {
        return wait_until(time::deadline_after(wait));
    }

    /// `count_down(by)`, then `wait()`.
    void arrive_and_wait(std::uint32_t by = 1) noexcept {
        count_down(by);
        wait();
    }

private:
    static WELD_API void wake(const native::FutexWord* word) noexcept;

    native::FutexWord left_;
};

}  // namespace weld::sync
