// SPDX-License-Identifier: MIT
//
// execve and _exit: calls that do not return.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/errno.hpp>

#include <cstdint>

namespace weld::sys {

/// execve(2): the process runs `program` instead, with `arguments` and the variables of `environment`, each ended by a
/// null. What it returns is why not.
[[nodiscard]] WELD_API Errno execve(CStr program, const char* const* arguments,
                                    const char* const* environment) noexcept;

/// exit_group(2): the process ends with `status`, of which the lower eight bits count; nothing of it is called.
[[noreturn]] WELD_API void exit_now(std::int32_t status) noexcept;

}  // namespace weld::sys
