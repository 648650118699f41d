// SPDX-License-Identifier: MIT
//
// fork: knowing that a runtime is another process's.
//
// In a child of fork(2) there is one thread: whoever forked. Of a runtime of the parent nothing is left there but
// memory in whatever state it was. A scheduler keeps the count of forks at its beginning; where it has changed, using
// it is a clear error, and a new runtime may begin.
#pragma once

#include <cstdint>
#include <string_view>

namespace green {

/// How many forks this process is from the one that first called `watch_forks`.
[[nodiscard]] std::uint32_t fork_count() noexcept;

/// Whether the fork was made by a task.
[[nodiscard]] bool was_forked_by_task() noexcept;

/// From now on forks are counted, and a child's thread is no carrier.
void watch_forks() noexcept;

inline constexpr std::string_view after_fork =
    " in a child of fork(2), where no thread of the runtime is left: call exec, or begin a new runtime\n";

}  // namespace green
