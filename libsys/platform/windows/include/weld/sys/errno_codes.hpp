// SPDX-License-Identifier: MIT
//
// Errno: the error codes of Windows, as GetLastError gives them.
//
// An enumerator is the SDK's name without ERROR_. Only the codes that weld distinguishes have a
// name; an Errno may hold any other code too.
#pragma once

#include <cstdint>

namespace weld::sys {

enum class Errno : std::int32_t {
    FileNotFound = 2,
    PathNotFound = 3,
    TooManyOpenFiles = 4,
    AccessDenied = 5,
    InvalidHandle = 6,
    NotEnoughMemory = 8,
    InvalidParameter = 87,
    AlreadyExists = 183,
};

}  // namespace weld::sys
