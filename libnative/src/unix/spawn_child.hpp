// SPDX-License-Identifier: MIT
//
// The child's side of a spawn: what happens between a new process and its program.
//
// A child made by clone runs in its parent's memory, while the thread that made it waits; other threads of the parent
// go on. So it takes no lock, allocates nothing, calls nothing but libsys, and writes to nothing but its stack, its
// `Launch` and errno, which the waiting thread lends it.
#pragma once

#include <weld/native/process.hpp>
#include <weld/sys/posix/process.hpp>

#include <type_traits>

namespace weld::native {

/// What the two sides know of each other.
struct Launch {
    SpawnPlan* plan;
    sys::ProcessId parent;       ///< whose death the child may be told of
    sys::RawHandle report = -1;  ///< the writing end of a pipe for `failure`, if there is one

    // Written by the child, and seen by the parent where they share memory.
    bool has_begun = false;
    bool has_failed = false;
    SpawnFailure failure{.step = SpawnStep::Spawn, .error = sys::Errno{}};
};

static_assert(std::is_trivially_copyable_v<SpawnFailure>);  // goes through the pipe as it is

/// Runs the plan of `raw`, a `Launch`, and ends the process when that cannot be. Returns never.
int run_child(void* raw) noexcept;

/// Sets `raw`, a bool, and ends the process. Returns never.
int run_nothing(void* raw) noexcept;

/// All of the plan but signals and program; `launch.failure.step` is the step that failed.
[[nodiscard]] sys::Result<void> take_steps(Launch& launch) noexcept;

/// Runs the first of the programs that can be; why none.
[[nodiscard]] sys::Errno run_program(const SpawnPlan& plan) noexcept;

}  // namespace weld::native
