// SPDX-License-Identifier: MIT
//
// native: a task whose Runtime is the operating system's threads and blocking calls.
//
// The half that libnative was: chosen at run time, behind the two interfaces of task.hpp and rtio.hpp.

#pragma once

#include <memory>

#include "runtime_2014/task.hpp"

namespace runtime_2014::native {

/// A new task with a native runtime in it, to be put in a thread's slot.
std::unique_ptr<Task> new_task();

}  // namespace runtime_2014::native
