// SPDX-License-Identifier: MIT
//
// fork: detects that a runtime belongs to another process.
//
// In a child of fork(2) there is one thread: the one that forked. Of a runtime of the parent the child has only
// memory, in whatever state it was. A scheduler stores the fork count at its beginning. Where the count has changed,
// any use ends with a clear error, and a new runtime may begin.
#pragma once

#include <cstdint>
#include <string_view>

namespace green {

/// How many forks lie between this process and the one that first called `watch_forks`.
[[nodiscard]] std::uint32_t fork_count() noexcept;

/// Whether a task made the fork.
[[nodiscard]] bool was_forked_by_task() noexcept;

/// Counts forks from now on; the thread of a child is no carrier.
void watch_forks() noexcept;

inline constexpr std::string_view after_fork =
    " in a child of fork(2), where no thread of the runtime is left: call exec, or begin a new runtime\n";

}  // namespace green
