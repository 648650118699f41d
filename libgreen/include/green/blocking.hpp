// SPDX-License-Identifier: MIT
//
// blocking: a call that is known to block.
//
// A task may call what blocks without it: its worker is taken from it when it is seen to block, a fraction of a
// millisecond later. This does so beforehand, so others do not wait at all, and it costs less than being watched.
// Unlike `offload` it needs no pool and no libuv, and the call stays on the task's own stack, so it may do anything
// that a task may, but what is documented `Parks.` makes the rest of it an ordinary part of the task.
#pragma once

#include <green/api.hpp>

#include <utility>

namespace green {

/// The calling task's worker goes on without it, for the life of a scope. For `blocking`.
class BlockingScope {
public:
    GREEN_API BlockingScope() noexcept;  ///< waits for a spare carrier where as many as may be are in use. Parks then.
    BlockingScope(const BlockingScope&) = delete;
    BlockingScope& operator=(const BlockingScope&) = delete;
    GREEN_API ~BlockingScope();  ///< goes on when there is a worker. Parks.
};

/// Calls `function()` with the worker given to another thread, and gives what it returns or throws. Where there is no
/// worker to give (pinned to a thread of its own, in `pump`, or with `Runtime::spare_carriers` zero) it only calls. At
/// the limit of `Runtime::spare_carriers` it waits for its turn, and others run. Ends the process outside a task.
/// Parks.
template <class F>
decltype(auto) blocking(F&& function) {
    const BlockingScope scope;
    return std::forward<F>(function)();
}

}  // namespace green
