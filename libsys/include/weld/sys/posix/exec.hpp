// SPDX-License-Identifier: MIT
//
// execve and _exit: calls that do not return.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/errno.hpp>

#include <cstdint>

namespace weld::sys {

/// execve(2): replaces the program of the process by `program`, with `arguments` and the variables of `environment`,
/// two arrays that end in null. Returns only on failure, with the reason.
[[nodiscard]] WELD_API Errno execve(CStr program, const char* const* arguments,
                                    const char* const* environment) noexcept;

/// exit_group(2): ends the process at once with the lower eight bits of `status`. Calls no destructor and no handler of
/// atexit(3), and flushes no stream.
[[noreturn]] WELD_API void exit_now(std::int32_t status) noexcept;

}  // namespace weld::sys
