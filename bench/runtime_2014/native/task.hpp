// SPDX-License-Identifier: MIT
//
// task: a task whose Runtime is the operating system's threads and blocking calls.
//
// The half in libnative: chosen at run time, behind the two interfaces of task.hpp and rtio.hpp.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "runtime_2014/task.hpp"

namespace runtime_2014::native {

/// The exit status of a program whose main task failed.
inline constexpr int failed_status = 101;

/// A new task with a native runtime in it, to be put in a thread's slot.
std::unique_ptr<Task> new_task();

/// Starts a thread that runs `body` as its own task.
void spawn(std::optional<std::string> name, std::function<void()> body);

/// Runs `main` as the task `<main>`, waits until all other tasks have ended, and returns the exit status.
int start(int argc, char** argv, std::function<void()> main);

}  // namespace runtime_2014::native
