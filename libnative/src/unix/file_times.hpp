// SPDX-License-Identifier: MIT
//
// Converts times of files to the format of the kernel.
#pragma once

#include <weld/native/file.hpp>
#include <weld/sys/posix/fs.hpp>

#include <optional>

namespace weld::native {

[[nodiscard]] inline sys::Timespec to_timespec(const std::optional<Timestamp>& time) noexcept {
    return time ? sys::Timespec{time->seconds, time->nanoseconds} : sys::utime_omit;
}

}  // namespace weld::native
