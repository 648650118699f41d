// SPDX-License-Identifier: MIT
//
// Semaphore: a number of permits. Any thread may acquire them, and any may release them.
//
// Four bytes, constant-initialised, trivially destructible. Its memory may be freed by the thread that acquired the
// last permit: the wake uses the address alone.
//
// The upper bit of the word says that a thread sleeps, the other bits count permits. A releasing thread clears the bit
// and wakes as many sleepers as there are new permits. A woken sleeper sets the bit again when it takes a permit, since
// others may still sleep.
#pragma once

#include <weld/native/repr.hpp>
#include <weld/sync/held.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstdint>

namespace weld::sync {

class Semaphore {
public:
    static constexpr std::uint32_t max_permits = (1U << 31) - 1;

    /// A semaphore with `permits` permits, at most `max_permits`.
    constexpr explicit Semaphore(std::uint32_t permits) noexcept : word_(permits) {}
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;

    /// Waits for a permit and takes it.
    void acquire() noexcept {
        if (!try_acquire()) [[unlikely]] {
            acquire_slowly();
        }
    }

    /// Takes a permit if there is one.
    [[nodiscard]] bool try_acquire() noexcept {
        std::uint32_t seen = word_.load(std::memory_order_relaxed);
        while ((seen & max_permits) != 0) {
            if (word_.compare_exchange_weak(seen, seen - 1, std::memory_order_acquire, std::memory_order_relaxed)) {
                return true;
            }
        }
        return false;
    }

    /// As `acquire`, at most until `deadline`; false when there was no permit by then.
    [[nodiscard]] bool try_acquire_until(time::Instant deadline) noexcept {
        return try_acquire() || acquire_slowly(deadline);
    }

    /// As `acquire`, at most for `wait`.
    template <class Rep, class Period>
    [[nodiscard]] bool try_acquire_for(std::chrono::duration<Rep, Period> wait) noexcept {
        return try_acquire_until(time::deadline_after(wait));
    }

    /// Adds `permits`; the sum must not be above `max_permits`. Everything done before is visible to the threads that
    /// acquire these permits.
    WELD_API void release(std::uint32_t permits = 1) noexcept;

    /// The number of permits that can be acquired now.
    [[nodiscard]] std::uint32_t available() const noexcept {
        return word_.load(std::memory_order_relaxed) & max_permits;
    }

    /// A permit that is released when this is destroyed.
    class [[nodiscard]] Permit {
    private:
        friend class Semaphore;
        explicit Permit(Semaphore& semaphore) noexcept : semaphore_(semaphore) {}

        static void give_back(Semaphore& semaphore) noexcept { semaphore.release(); }

        Held<Semaphore, &Permit::give_back> semaphore_;
    };

    /// As `acquire`; the permit is released at the end of the block.
    Permit access() noexcept {
        acquire();
        return Permit(*this);
    }

private:
    static constexpr std::uint32_t somebody_sleeps = 1U << 31;

    WELD_API void acquire_slowly() noexcept;
    [[nodiscard]] WELD_API bool acquire_slowly(time::Instant deadline) noexcept;
    [[nodiscard]] bool take_soon() noexcept;
    [[nodiscard]] bool take_or_mark(std::uint32_t mark) noexcept;

    native::FutexWord word_;
};

}  // namespace weld::sync
