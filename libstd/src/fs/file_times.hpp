// SPDX-License-Identifier: MIT
//
// Times of files as libnative takes them.
#pragma once

#include <weld/fs/metadata.hpp>
#include <weld/native/file.hpp>

namespace weld::fs {

/// The same, or the nearest end of what SystemTime holds.
[[nodiscard]] time::SystemTime to_system_time(native::Timestamp stamp) noexcept;

/// The same: every SystemTime is a Timestamp.
[[nodiscard]] native::FileTimes to_native(const FileTimes& times) noexcept;

}  // namespace weld::fs
