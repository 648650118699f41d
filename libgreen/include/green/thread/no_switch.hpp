// SPDX-License-Identifier: MIT
//
// NoSwitch: a scope in which a task must not be switched.
//
//     const thread::NoSwitch here;
//     std::lock_guard lock(native_mutex);  // unlocking it on another thread would be undefined behaviour
//
// It protects what belongs to the native thread: a locked native mutex, a reference to a thread_local. A call that is
// documented `Parks.` in such a scope ends the process with a line that says where the scope is, even if the call
// would not have waited. Scopes nest.
#pragma once

#include <green/api.hpp>

#include <source_location>

namespace green {

class Task;

class NoSwitch {
public:
    /// Begins a scope of the calling task. Outside tasks, where nothing is switched, it does nothing.
    explicit GREEN_API NoSwitch(std::source_location place = std::source_location::current()) noexcept;
    NoSwitch(const NoSwitch&) = delete;
    NoSwitch& operator=(const NoSwitch&) = delete;
    GREEN_API ~NoSwitch();

    /// Ends the process if `task`, which is the calling task, is in such a scope.
    static GREEN_API void check(const Task& task) noexcept;

    [[nodiscard]] const std::source_location& place() const noexcept { return place_; }

private:
    std::source_location place_;
    Task* task_;
    const NoSwitch* outer_ = nullptr;
};

}  // namespace green

namespace green::thread {

using green::NoSwitch;

}  // namespace green::thread
