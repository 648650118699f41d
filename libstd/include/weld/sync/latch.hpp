// SPDX-License-Identifier: MIT
//
// Latch: waiting until a number of things has happened. Once.
//
// Four bytes, constant-initialised, trivially destructible. Its memory may be freed when all that wait have
// returned, by one of them, while who counted down is not back yet.
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

    /// `by` have happened, of those that are left. What was done before is visible to who has waited.
    void count_down(std::uint32_t by = 1) noexcept {
        const std::uint32_t before = left_.fetch_sub(by, std::memory_order_acq_rel);
        assert(before >= by);
        if (before == by && by != 0) {
            wake(&left_);
        }
    }

    /// Whether none is left.
    [[nodiscard]] bool try_wait() const noexcept { return left_.load(std::memory_order_acquire) == 0; }

    /// Waits until none is left.
    WELD_API void wait() const noexcept;

    /// As `wait`, at most until `deadline`; false when some are left then.
    [[nodiscard]] WELD_API bool wait_until(time::Instant deadline) const noexcept;

    /// As `wait`, at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> wait) const noexcept {
        return wait_until(time::deadline_after(wait));
    }

    /// `count_down` and `wait`.
    void arrive_and_wait(std::uint32_t by = 1) noexcept {
        count_down(by);
        wait();
    }

private:
    static WELD_API void wake(const native::FutexWord* word) noexcept;

    native::FutexWord left_;
};

}  // namespace weld::sync
