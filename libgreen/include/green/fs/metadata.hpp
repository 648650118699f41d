// SPDX-License-Identifier: MIT
//
// Metadata, Mode: type, size and times of the file that a path names; and where a task's call runs.
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
    Inline,   ///< on the task's own thread
    Offload,  ///< on a thread of the runtime's pool, while the task is parked: see `green::offload`
};

using weld::fs::metadata;
using weld::fs::symlink_metadata;

/// As `weld::fs::metadata`, run in `mode`. Parks.
[[nodiscard]] GREEN_API weld::Result<Metadata> metadata(weld::PathRef path, Mode mode) noexcept;

/// As `weld::fs::symlink_metadata`, run in `mode`. Parks.
[[nodiscard]] GREEN_API weld::Result<Metadata> symlink_metadata(weld::PathRef path, Mode mode) noexcept;

}  // namespace green::fs
