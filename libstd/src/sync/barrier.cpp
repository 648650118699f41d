// SPDX-License-Identifier: MIT
#include <weld/sync/barrier.hpp>

#include <weld/native/futex.hpp>

#include <bit>
#include <limits>

namespace weld::sync {

namespace {

constexpr std::uint32_t round_of(std::uint64_t state) noexcept { return static_cast<std::uint32_t>(state >> 32); }

/// The half of the word on which the kernel puts threads to sleep. Only the kernel reads it as a separate word.
const native::FutexWord* round_word(const std::atomic<std::uint64_t>& state) noexcept {
    return reinterpret_cast<const native::FutexWord*>(&state) + (std::endian::native == std::endian::little ? 1 : 0);
}

}  // namespace

bool Barrier::wait() noexcept {
    std::uint64_t seen = state_.load(std::memory_order_relaxed);
    for (;;) {
        const bool is_last = static_cast<std::uint32_t>(seen) + 1 >= threads_;
        const std::uint64_t next_round = std::uint64_t{round_of(seen) + 1} << 32;
        // Acquire and release: each thread sees what the earlier ones did, the last one what all did, and all see its
        // effects.
        if (!state_.compare_exchange_weak(seen, is_last ? next_round : seen + 1, std::memory_order_acq_rel,
                                          std::memory_order_relaxed)) {
            continue;
        }
        const auto* const word = round_word(state_);
        if (is_last) {
            native::futex_wake(word, std::numeric_limits<std::int32_t>::max());
            return true;
        }
        while (round_of(state_.load(std::memory_order_acquire)) == round_of(seen)) {
            native::futex_wait(*word, round_of(seen));
        }
        return false;
    }
}

}  // namespace weld::sync
