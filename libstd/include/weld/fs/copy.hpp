// SPDX-License-Identifier: MIT
//
// copy: a file, its bytes and its permissions; copy_tree: a directory and all that is in it.
#pragma once

#include <weld/error.hpp>
#include <weld/path.hpp>

#include <cstdint>

namespace weld::fs {

/// What becomes of permissions where the file system refuses to set them, as those do that have modes of their own
/// (CIFS, FAT, many of FUSE).
enum class CopyPermissions : std::uint8_t {
    Keep,     ///< what is made has those that the file system gives it, if they let nobody read or write more than
              ///< those of the source do, or enter, if it is a directory; else PermissionDenied
    Require,  ///< PermissionDenied
    Ignore,   ///< none are set: what is new is made with those of its source less the umask, and what is there keeps
              ///< its own, as by cp(1)
};

struct CopyOptions {
    CopyPermissions permissions = CopyPermissions::Keep;

    /// `copy_tree` makes a directory on another file system than `from` (another device, as a mount point or a
    /// subvolume), and copies nothing that is in it.
    bool one_file_system = false;
};

/// Makes `to` hold what the file `from` holds, with its permissions but for set-id bits, and returns how many bytes.
/// Holes stay holes where the file systems know them. Both follow symbolic links. A `to` that is there is kept as the
/// file it is, emptied first, and lets nobody do more than before until it is; a new one never lets anybody do more
/// than it will in the end. InvalidInput when both are one file, which stays whole, or `from` is no file with an end;
/// IsADirectory for a directory. When this fails otherwise, `to` may hold a part; PermissionDenied for permissions that
/// are refused comes before `to` is emptied.
[[nodiscard]] WELD_API Result<std::uint64_t> copy(PathRef from, PathRef to, const CopyOptions& options = {}) noexcept;

/// Makes the directory `to` hold what the directory `from` holds: directories and files with their permissions, and
/// symbolic links as they are, none followed but `from` itself. AlreadyExists when something is called `to`;
/// InvalidInput when `to` would be in `from`, before anything is made, and for what is neither file, directory nor
/// link. The first error ends it, and what was made stays. What is mounted below `from` is copied too, unless `options`
/// say otherwise. Directories above `to` need not be readable. At most 64 directories are open at once, and fewer where
/// the process may open no more.
[[nodiscard]] WELD_API Result<void> copy_tree(PathRef from, PathRef to, const CopyOptions& options = {}) noexcept;

}  // namespace weld::fs
