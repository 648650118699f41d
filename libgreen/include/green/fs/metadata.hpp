// SPDX-License-Identifier: MIT
//
// Metadata: type, size and times of what a path stands for; and the Mode in which a task asks.
#pragma once

#include <green/offload.hpp>

#include <weld/fs/metadata.hpp>
#include <weld/path.hpp>

#include <cstdint>

namespace green::fs {

using weld::fs::FileType;
using weld::fs::Metadata;

/// Where a call that may block runs.
enum class Mode : std::uint8_t {
    Inline,   ///< on the task's thread
    Offload,  ///< in the runtime's pool, while the task is parked
};

using weld::fs::metadata;
using weld::fs::symlink_metadata;

/// As `weld::fs::metadata`, where `mode` says. Parks.
[[nodiscard]] GREEN_API weld::Result<Metadata> metadata(weld::PathRef path, Mode mode) noexcept;

/// As `weld::fs::symlink_metadata`, where `mode` says. Parks.
[[nodiscard]] GREEN_API weld::Result<Metadata> symlink_metadata(weld::PathRef path, Mode mode) noexcept;

}  // namespace green::fs
