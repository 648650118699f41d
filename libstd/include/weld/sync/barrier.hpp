// SPDX-License-Identifier: MIT
//
// Barrier: a point at which a fixed number of threads wait for one another. Reusable, in rounds.
//
// Eight bytes and the number of threads; trivially destructible; allocates nothing. Its memory may be freed once all
// threads have returned from their last wait, also by one of them: the wake uses the address alone.
#pragma once

#include <weld/error.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weld::sync {

class Barrier {
public:
    /// A barrier for `threads` threads; zero counts as one.
    constexpr explicit Barrier(std::uint32_t threads) noexcept : threads_(threads) {}
    Barrier(const Barrier&) = delete;
    Barrier& operator=(const Barrier&) = delete;

    /// Waits until all threads of the barrier wait, then releases them all. Returns true in one of them. What each
    /// thread did before its `wait` is visible to all of them afterwards.
    WELD_API bool wait() noexcept;

private:
    // The upper half counts rounds, the lower half the threads that wait for the end of this round.
    std::atomic<std::uint64_t> state_{0};
    std::uint32_t threads_;
};

}  // namespace weld::sync
