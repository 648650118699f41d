// SPDX-License-Identifier: MIT
//
// futex: sleeping on four bytes of memory, and waking the threads that sleep there.
//
// All locks of weld are built on it, and it is the only part of them that a platform has to provide: futex(2) on Linux,
// WaitOnAddress on Windows. Wake-ups may be spurious: a waiter checks the word again whenever a call returns. A wake
// uses the address only, so the memory may already be freed: then the wake is late, and harmless.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/repr.hpp>

#include <cstdint>

namespace weld::native {

/// All kinds of sleepers. A kind is a bit; each lock chooses the meaning of its bits.
inline constexpr std::uint32_t all_kinds = ~std::uint32_t{0};

/// Sleeps while `word` holds `expected`, until a wake for one of `kinds`. True when a wake ended the sleep; false when
/// the word held another value, or after a spurious wake-up.
WELD_API bool futex_wait(const FutexWord& word, std::uint32_t expected, std::uint32_t kinds = all_kinds) noexcept;

/// How a sleep with a deadline ended.
enum class Woken : std::uint8_t { Yes, No, TimedOut };

/// As `futex_wait`, but at most until `deadline`.
[[nodiscard]] WELD_API Woken futex_wait_until(const FutexWord& word, std::uint32_t expected, Instant deadline,
                                              std::uint32_t kinds = all_kinds) noexcept;

/// Wakes at most `count` threads that sleep on `word` with one of `kinds`, in FIFO order, except that Linux wakes
/// real-time threads first. Returns how many it woke.
WELD_API std::uint32_t futex_wake(const FutexWord* word, std::uint32_t count, std::uint32_t kinds = all_kinds) noexcept;

/// Moves at most `count` sleepers from `word` to `target`, where they go on sleeping until a wake on `target`. When
/// `word` does not hold `expected`, or the platform cannot move sleepers, it wakes them instead.
WELD_API void futex_requeue(const FutexWord* word, std::uint32_t expected, std::uint32_t count,
                            const FutexWord* target) noexcept;

/// Whether spinning can be better than sleeping, because another CPU may meanwhile do what this thread waits for. False
/// when this thread and the process may use one CPU only, the same; that answer is asked of the system each time.
[[nodiscard]] WELD_API bool spin_helps() noexcept;

/// Spins: executes the CPU's pause instruction `pauses` times, each some 10 to 50 ns.
WELD_API void spin(std::uint32_t pauses) noexcept;

}  // namespace weld::native
