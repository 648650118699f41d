// SPDX-License-Identifier: MIT
//
// futex(2): sleeps on a word of memory and wakes sleepers, within one process.
#pragma once

#include <weld/sys/errno.hpp>
#include <weld/sys/posix/timespec.hpp>

#include <atomic>
#include <cstdint>

namespace weld::sys {

/// FUTEX_WAIT_PRIVATE: sleeps while `word` holds `expected`. `Errno::Again` when it does not,
/// `Errno::Intr` after a signal; success may be a spurious wake-up.
[[nodiscard]] WELD_API Result<void> futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected) noexcept;

/// FUTEX_WAIT_BITSET_PRIVATE with all bits: as `futex_wait`, until CLOCK_MONOTONIC shows `deadline`, then
/// `Errno::Timedout`.
[[nodiscard]] WELD_API Result<void> futex_wait_until(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                                                     Timespec deadline) noexcept;

/// As `futex_wait`, but only a wake for one of `bits` ends it (FUTEX_WAIT_BITSET_PRIVATE).
[[nodiscard]] WELD_API Result<void> futex_wait_bitset(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                                                      std::uint32_t bits) noexcept;

/// As `futex_wait_until`, but only a wake for one of `bits` ends it.
[[nodiscard]] WELD_API Result<void> futex_wait_bitset_until(const std::atomic<std::uint32_t>& word,
                                                            std::uint32_t expected, Timespec deadline,
                                                            std::uint32_t bits) noexcept;

/// FUTEX_WAKE_PRIVATE: wakes at most `count` sleepers on `word` and returns how many. It uses the address
/// only, so the memory of `word` may already be freed: then the wake is late, and harmless.
WELD_API std::uint32_t futex_wake(const std::atomic<std::uint32_t>* word, std::uint32_t count) noexcept;

/// FUTEX_WAKE_BITSET_PRIVATE: as `futex_wake`, but wakes only sleepers that wait for one of `bits`.
WELD_API std::uint32_t futex_wake_bitset(const std::atomic<std::uint32_t>* word, std::uint32_t count,
                                         std::uint32_t bits) noexcept;

/// FUTEX_CMP_REQUEUE_PRIVATE: moves at most `count` sleepers from `word` to `target`, where they go on sleeping; wakes
/// none. Returns how many it moved. `Errno::Again` when `word` does not hold `expected`.
[[nodiscard]] WELD_API Result<std::uint32_t> futex_requeue(const std::atomic<std::uint32_t>* word,
                                                           std::uint32_t expected, std::uint32_t count,
                                                           const std::atomic<std::uint32_t>* target) noexcept;

}  // namespace weld::sys
