// SPDX-License-Identifier: MIT
//
// Barrier: threads that wait for one another, again and again.
//
// Eight bytes and the number; trivially destructible, no allocation. Its memory may be freed once all have returned
// from their last wait, and by one of them: the wake uses the address alone.
#pragma once

#include <weld/error.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weld::sync {

class Barrier {
public:
    /// For `threads` threads; for none as for one.
    constexpr explicit Barrier(std::uint32_t threads) noexcept : threads_(threads) {}
    Barrier(const Barrier&) = delete;
    Barrier& operator=(const Barrier&) = delete;

    /// Waits until as many threads wait as the barrier is for, and lets them all go on. True for one of them. What
    /// each did before is visible to all afterwards.
    WELD_API bool wait() noexcept;

private:
    // The upper half counts rounds, the lower one who waits for the end of this one.
    std::atomic<std::uint64_t> state_{0};
    std::uint32_t threads_;
};

}  // namespace weld::sync
