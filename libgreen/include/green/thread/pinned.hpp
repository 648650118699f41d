// SPDX-License-Identifier: MIT
//
// Pinned: a scope in which a task stays on its native thread.
//
//     const thread::Pinned here;
//
// Other tasks may run on that thread while this one is parked, but this one resumes there and nowhere else. So it may
// use what belongs to the thread (a graphics context, a library's thread-locals) across calls that park. Scopes nest.
// `Options::pin` pins a task for its whole life.
#pragma once

#include <green/task.hpp>

namespace green::thread {

class Pinned {
public:
    /// Pins the calling task.
    GREEN_API Pinned() noexcept;
    Pinned(const Pinned&) = delete;
    Pinned& operator=(const Pinned&) = delete;
    GREEN_API ~Pinned();

private:
    Task& task_;
};

}  // namespace green::thread
