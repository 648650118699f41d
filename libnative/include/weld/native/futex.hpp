// SPDX-License-Identifier: MIT
//
// futex: sleeping on four bytes of memory, and waking who sleeps there.
//
// What all locks of weld are made of, and all of it that a platform has to provide: futex(2) on Linux, WaitOnAddress
// on Windows. A sleeper looks at the word again whenever it returns. To wake takes the address alone, so the memory
// may be gone by then: the wake is late, and harmless.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/repr.hpp>

#include <cstdint>

namespace weld::native {

/// Sleepers of any kind; a kind is a bit that its user chooses.
inline constexpr std::uint32_t all_kinds = ~std::uint32_t{0};

/// Sleeps while `word` holds `expected`, until a wake for one of `kinds`. True when a wake ended it; false when the
/// word held something else, or for no reason.
WELD_API bool futex_wait(const FutexWord& word, std::uint32_t expected, std::uint32_t kinds = all_kinds) noexcept;

/// How a sleep with a deadline ended.
enum class Woken : std::uint8_t { Yes, No, TimedOut };

/// As `futex_wait`, at most until `deadline`.
[[nodiscard]] WELD_API Woken futex_wait_until(const FutexWord& word, std::uint32_t expected, Instant deadline,
                                              std::uint32_t kinds = all_kinds) noexcept;

/// Wakes at most `count` of those who sleep on `word` with one of `kinds`, who came first first. Returns how many.
WELD_API std::uint32_t futex_wake(const FutexWord* word, std::uint32_t count, std::uint32_t kinds = all_kinds) noexcept;

/// Makes at most `count` of those who sleep on `word`, which holds `expected`, sleep on `target` instead, so that who
/// wakes there wakes them. Where a platform cannot, or the word holds something else, they are woken.
WELD_API void futex_requeue(const FutexWord* word, std::uint32_t expected, std::uint32_t count,
                            const FutexWord* target) noexcept;

/// Whether another processor may do meanwhile what this thread waits for, so that to look on can be better than to
/// sleep. False when this thread and the process have the same one alone, which is asked of the system each time.
[[nodiscard]] WELD_API bool spin_helps() noexcept;

/// Looks away for a moment, as who waits for another processor does: `pauses` times some 10 to 50 ns.
WELD_API void spin(std::uint32_t pauses) noexcept;

}  // namespace weld::native
