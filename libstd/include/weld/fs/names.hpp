// SPDX-License-Identifier: MIT
//
// Names in the file system: made, removed, changed. Each is one system call.
#pragma once

#include <weld/error.hpp>
#include <weld/path.hpp>

namespace weld::fs {

/// Makes the directory `path`, whose parent exists. AlreadyExists when something has that name.
[[nodiscard]] WELD_API Result<void> create_dir(PathRef path) noexcept;

/// Removes the name `path`; a symbolic link itself, not its target. IsADirectory for a directory.
[[nodiscard]] WELD_API Result<void> remove_file(PathRef path) noexcept;

/// Removes the directory `path`. DirectoryNotEmpty when it holds anything.
[[nodiscard]] WELD_API Result<void> remove_dir(PathRef path) noexcept;

/// Gives `from` the name `to`, at once, replacing what had it. CrossesDevices between file systems.
[[nodiscard]] WELD_API Result<void> rename(PathRef from, PathRef to) noexcept;

}  // namespace weld::fs
