// SPDX-License-Identifier: MIT
//
// copy: a file, its bytes and its permissions; copy_tree: a directory and all that is in it.
#pragma once

#include <weld/error.hpp>
#include <weld/path.hpp>

#include <cstdint>

namespace weld::fs {

/// Makes `to` hold what the file `from` holds, with its permissions but for set-id bits, and returns how many bytes.
/// Both follow symbolic links. A `to` that is there is kept as the file it is, emptied first, and lets nobody do
/// more than before until it is; a new one never lets anybody do more than it will in the end. InvalidInput when both
/// are one file, which stays whole, or `from` is no file with an end; IsADirectory for a directory. When this fails
/// otherwise, `to` may hold a part.
[[nodiscard]] WELD_API Result<std::uint64_t> copy(PathRef from, PathRef to) noexcept;

/// Makes the directory `to` hold what the directory `from` holds: directories and files with their permissions, and
/// symbolic links as they are, none followed but `from` itself. AlreadyExists when something is called `to`;
/// InvalidInput when `to` would be in `from`, before anything is made, and for what is neither file, directory nor
/// link. The first error ends it, and what was made stays. At most 64 directories are open at once.
[[nodiscard]] WELD_API Result<void> copy_tree(PathRef from, PathRef to) noexcept;

}  // namespace weld::fs
