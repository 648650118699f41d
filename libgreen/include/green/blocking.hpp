// SPDX-License-Identifier: MIT
//
// blocking: a call that is known to block.
//
// A task may also call what blocks without `blocking`: the monitor then takes its worker from it about a millisecond
// later. `blocking` gives the worker away beforehand, so other tasks do not wait at all, and it costs less than being
// watched. Unlike `offload` it needs no pool and no libuv. The call stays on the task's own stack, so it may do
// anything that a task may. But once it calls something documented `Parks.`, the rest of the call runs as an ordinary
// part of the task, with a worker.
#pragma once

#include <green/api.hpp>

#include <utility>

namespace green {

/// A scope in which the calling task's worker runs on another carrier. For the implementation of `blocking`.
class BlockingScope {
public:
    GREEN_API BlockingScope() noexcept;  ///< gives the worker away; at the limit waits for a spare carrier. Parks then.
    BlockingScope(const BlockingScope&) = delete;
    BlockingScope& operator=(const BlockingScope&) = delete;
    GREEN_API ~BlockingScope();  ///< waits for a worker. Parks.
};

/// Gives the task's worker to another thread, calls `function()`, and returns or throws what it does. If there is no
/// worker to give away (for `Pin::Own`, in `pump`, or with `Runtime::spare_carriers` zero), it only calls. At the limit
/// of `Runtime::spare_carriers` the task waits for its turn while others run. Outside a task it ends the process.
/// Parks.
template <class F>
decltype(auto) blocking(F&& function) {
    const BlockingScope scope;
    return std::forward<F>(function)();
}

}  // namespace green
