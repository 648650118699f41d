// SPDX-License-Identifier: MIT
//
// die: the end of a process that broke a promise, with a line that says which.
#pragma once

#include <green/api.hpp>

#include <exception>
#include <string_view>

namespace green {

class NoSwitch;

/// Writes the three to standard error as one line, and ends the process. Waits neither for stdio nor for a full pipe.
[[noreturn]] GREEN_API void die(std::string_view what, std::string_view who, std::string_view why) noexcept;

/// Ends the process because of `failure`, which nobody can join.
[[noreturn]] void die_of(std::string_view what, std::string_view name, const std::exception_ptr& failure) noexcept;

/// Ends the process because a task in `scope` called what parks.
[[noreturn]] void die_of_switch(const NoSwitch& scope) noexcept;

}  // namespace green
