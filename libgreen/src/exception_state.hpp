// SPDX-License-Identifier: MIT
//
// ExceptionState: which exceptions a task is handling.
//
// The C++ runtime keeps a stack of caught exceptions and a count of those in flight for each thread
// (__cxa_eh_globals, sixteen bytes, Itanium C++ ABI 2.2.2). They belong to a task: a task that is suspended inside
// `catch` must find them again, on whatever thread it goes on.
#pragma once

#include <cstring>

namespace green {

/// Where the calling thread keeps its own. The address is the thread's for its life.
[[nodiscard]] void* exception_globals() noexcept;

/// Puts the thread's state away into `old_state` and `new_state` in its place.
inline void exchange_exception_state(void* globals, void* (&old_state)[2], void* const (&new_state)[2]) noexcept {
    std::memcpy(old_state, globals, sizeof old_state);
    std::memcpy(globals, new_state, sizeof new_state);
}

}  // namespace green
