// SPDX-License-Identifier: MIT
//
// Pinned: a scope in which a task stays on its native thread.
//
//     const thread::Pinned here;
//
// Other tasks run on that thread meanwhile, when this one parks, but it goes on nowhere else: what belongs to the
// thread (a graphics context, a library's thread-locals) may be used across calls that park. Scopes nest. A task can be
// pinned for its whole life by `Options::pin`.
#pragma once

#include <green/task.hpp>

namespace green::thread {

class Pinned {
public:
    /// The calling task.
    GREEN_API Pinned() noexcept;
    Pinned(const Pinned&) = delete;
    Pinned& operator=(const Pinned&) = delete;
    GREEN_API ~Pinned();

private:
    Task& task_;
};

}  // namespace green::thread
