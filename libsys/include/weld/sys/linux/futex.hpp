// SPDX-License-Identifier: MIT
//
// futex(2): sleeping on a word of memory, private to the process.
#pragma once

#include <weld/sys/errno.hpp>
#include <weld/sys/posix/timespec.hpp>

#include <atomic>
#include <cstdint>

namespace weld::sys {

/// FUTEX_WAIT_PRIVATE: sleeps while `word` holds `expected`. `Errno::Again` when it does not,
/// `Errno::Intr` after a signal; success may be spurious.
[[nodiscard]] WELD_API Result<void> futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected) noexcept;

/// FUTEX_WAIT_BITSET_PRIVATE with all bits: as `futex_wait`, until CLOCK_MONOTONIC shows `deadline`, then
/// `Errno::Timedout`.
[[nodiscard]] WELD_API Result<void> futex_wait_until(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                                                     Timespec deadline) noexcept;

/// As `futex_wait`, and only a wake for one of `bits` ends it (FUTEX_WAIT_BITSET_PRIVATE).
[[nodiscard]] WELD_API Result<void> futex_wait_bitset(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                                                      std::uint32_t bits) noexcept;

/// As `futex_wait_until`, and only a wake for one of `bits` ends it.
[[nodiscard]] WELD_API Result<void> futex_wait_bitset_until(const std::atomic<std::uint32_t>& word,
                                                            std::uint32_t expected, Timespec deadline,
                                                            std::uint32_t bits) noexcept;

/// FUTEX_WAKE_PRIVATE: wakes at most `count` sleepers on `word` and returns how many. The address alone is
/// used, so `word` may be freed memory by then: the wake is late, and harmless.
WELD_API std::uint32_t futex_wake(const std::atomic<std::uint32_t>* word, std::uint32_t count) noexcept;

/// FUTEX_WAKE_BITSET_PRIVATE: as `futex_wake`, of those that sleep with one of `bits`.
WELD_API std::uint32_t futex_wake_bitset(const std::atomic<std::uint32_t>* word, std::uint32_t count,
                                         std::uint32_t bits) noexcept;

/// FUTEX_CMP_REQUEUE_PRIVATE: of those who sleep on `word`, which has to hold `expected` (else `Errno::Again`), makes
/// at most `count` sleep on `target` instead, and wakes none. Returns how many.
[[nodiscard]] WELD_API Result<std::uint32_t> futex_requeue(const std::atomic<std::uint32_t>* word,
                                                           std::uint32_t expected, std::uint32_t count,
                                                           const std::atomic<std::uint32_t>* target) noexcept;

}  // namespace weld::sys
