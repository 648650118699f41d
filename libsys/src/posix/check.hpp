// SPDX-License-Identifier: MIT
//
// check: converts a C return value to a Result.
#pragma once

#include <weld/sys/errno.hpp>

#include <cerrno>
#include <cstddef>

namespace weld::sys {

[[nodiscard]] inline std::unexpected<Errno> last_error() noexcept { return std::unexpected(static_cast<Errno>(errno)); }

/// For calls that return zero, or a negative number with errno set.
[[nodiscard]] inline Result<void> check(long returned) noexcept {
    if (returned < 0) [[unlikely]] {
        return last_error();
    }
    return {};
}

/// For calls that return a count, or a negative number with errno set.
[[nodiscard]] inline Result<std::size_t> check_count(long returned) noexcept {
    if (returned < 0) [[unlikely]] {
        return last_error();
    }
    return static_cast<std::size_t>(returned);
}

/// For calls that return an error number.
[[nodiscard]] inline Result<void> check_number(int returned) noexcept {
    if (returned != 0) [[unlikely]] {
        return std::unexpected(static_cast<Errno>(returned));
    }
    return {};
}

}  // namespace weld::sys
