// SPDX-License-Identifier: MIT
//
// NoSwitch: a scope in which a task must not be switched.
//
//     const thread::NoSwitch here;
//     std::lock_guard lock(native_mutex);  // to unlock it on another thread is undefined
//
// For what belongs to the native thread: a lock of it, a reference to a thread-local. A call documented `Parks.` in
// such a scope ends the process with a line that says where the scope is, also when it would not have had to wait.
// Scopes nest.
#pragma once

#include <green/api.hpp>

#include <source_location>

namespace green {

class Task;

class NoSwitch {
public:
    /// Of the calling task; outside tasks, where nothing is switched, it does nothing.
    explicit GREEN_API NoSwitch(std::source_location place = std::source_location::current()) noexcept;
    NoSwitch(const NoSwitch&) = delete;
    NoSwitch& operator=(const NoSwitch&) = delete;
    GREEN_API ~NoSwitch();

    /// Ends the process if `task`, the calling one, is in such a scope.
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
