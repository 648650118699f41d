// SPDX-License-Identifier: MIT
//
// The child's side of a spawn: the steps between the creation of the process and exec.
//
// A child made by clone runs in its parent's memory, while the thread that made it waits; other threads of the parent
// continue to run. So the child takes no lock, allocates nothing, calls only libsys, and writes only to its stack, its
// `Launch` with the plan's descriptors, and the errno of the waiting thread.
#pragma once

#include <weld/native/process.hpp>
#include <weld/sys/posix/process.hpp>

#include <type_traits>

namespace weld::native {

/// The data that parent and child share.
struct Launch {
    SpawnPlan* plan;
    sys::ProcessId parent;       ///< the process whose end sends the death signal
    sys::RawHandle report = -1;  ///< the writing end of a pipe for `failure`, if there is one

    // The child writes these; the parent sees them where both share memory.
    bool has_begun = false;
    bool has_failed = false;
    SpawnFailure failure{.step = SpawnStep::Spawn, .error = sys::Errno{}};
};

static_assert(std::is_trivially_copyable_v<SpawnFailure>);  // it is sent through the pipe as bytes

/// Runs the plan of `raw`, a `Launch`; ends the process when a step fails. Never returns.
int run_child(void* raw) noexcept;

/// Sets `raw`, a bool, and ends the process. Never returns.
int run_nothing(void* raw) noexcept;

/// Runs all steps of the plan before signals and program; `launch.failure.step` is the step that failed.
[[nodiscard]] sys::Result<void> take_steps(Launch& launch) noexcept;

/// Runs the first of the programs that can be run. Returns only when none can, with the reason.
[[nodiscard]] sys::Errno run_program(const SpawnPlan& plan) noexcept;

}  // namespace weld::native
