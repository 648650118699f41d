// SPDX-License-Identifier: MIT
//
// Conversions between the file times of libnative and those of weld.
#pragma once

#include <weld/fs/metadata.hpp>
#include <weld/native/file.hpp>

namespace weld::fs {

/// The same time, clamped to the range of SystemTime.
[[nodiscard]] time::SystemTime to_system_time(native::Timestamp stamp) noexcept;

/// The same times: every SystemTime fits into a Timestamp.
[[nodiscard]] native::FileTimes to_native(const FileTimes& times) noexcept;

}  // namespace weld::fs
