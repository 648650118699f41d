// SPDX-License-Identifier: MIT
//
// ExceptionState: which exceptions a task is handling.
//
// The C++ runtime keeps a stack of caught exceptions and a count of those in flight for each thread
// (__cxa_eh_globals, sixteen bytes, Itanium C++ ABI 2.2.2). They belong to a task: a task that is suspended inside
// `catch` must find them again, on whatever thread it resumes. A switch keeps them in the frame that it leaves.
#pragma once

namespace green {

struct ExceptionState {
    void* words[2] = {};
};

/// Where the calling thread keeps its own. The address is valid for the thread's life.
[[nodiscard]] void* exception_globals() noexcept;

[[nodiscard, gnu::always_inline]] inline ExceptionState get_exception_state(const void* globals) noexcept {
    ExceptionState state;
    __builtin_memcpy(&state, globals, sizeof state);
    return state;
}

[[gnu::always_inline]] inline void put_exception_state(void* globals, const ExceptionState& state) noexcept {
    __builtin_memcpy(globals, &state, sizeof state);
}

}  // namespace green
