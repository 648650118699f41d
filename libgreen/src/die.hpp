// SPDX-License-Identifier: MIT
//
// die: ends a process that broke a promise, with a message that says which.
#pragma once

#include <green/api.hpp>

#include <exception>
#include <string_view>

namespace green {

class NoSwitch;

/// Writes the three to standard error as one line, and ends the process. Waits neither for stdio nor for a full pipe.
[[noreturn]] GREEN_API void die(std::string_view what, std::string_view who, std::string_view why) noexcept;

/// Ends the process because of `failure`, which no thread can join.
[[noreturn]] void die_of(std::string_view what, std::string_view name, const std::exception_ptr& failure) noexcept;

/// Ends the process because a task called a function that parks inside `scope`.
[[noreturn]] void die_of_switch(const NoSwitch& scope) noexcept;

}  // namespace green
