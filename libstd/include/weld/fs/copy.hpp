// SPDX-License-Identifier: MIT
//
// copy: copies a file, its bytes and its permissions; copy_tree: a directory and everything in it.
#pragma once

#include <weld/error.hpp>
#include <weld/path.hpp>

#include <cstdint>

namespace weld::fs {

/// What a copy does where the file system refuses to set permissions, as those do that have modes of their own (CIFS,
/// FAT, many FUSE file systems).
enum class CopyPermissions : std::uint8_t {
    Keep,     ///< keeps the permissions that the file system gives, if they let nobody read or write (or search, for a
              ///< directory) more than those of the source do; else PermissionDenied
    Require,  ///< fails with PermissionDenied
    Ignore,   ///< sets none: a new file is created with those of its source less the umask, an existing one keeps its
              ///< own, as with cp(1)
};

struct CopyOptions {
    CopyPermissions permissions = CopyPermissions::Keep;

    /// Whether `copy_tree` leaves out other file systems: a directory on another file system than `from` (another
    /// device, as a mount point or a subvolume) is created, and nothing in it is copied.
    bool one_file_system = false;
};

/// Copies the contents of the file `from` to `to`, with its permissions but without set-id bits, and returns the number
/// of bytes. Holes of a sparse file stay holes where the file systems support them. Symbolic links are followed in both
/// paths. An existing `to` remains the same file and is truncated first; until it is, it lets nobody do more than
/// before. A new `to` never lets anybody do more than it will in the end. InvalidInput when both are the same file,
/// which stays whole, or when `from` is no file with an end; IsADirectory for a directory. After another error `to` may
/// hold a part. PermissionDenied for refused permissions comes before `to` is truncated.
[[nodiscard]] WELD_API Result<std::uint64_t> copy(PathRef from, PathRef to, const CopyOptions& options = {}) noexcept;

/// Copies the directory `from` to the new directory `to`: directories and files with their permissions, and symbolic
/// links as links; none is followed but `from` itself. AlreadyExists when something has the name `to`. InvalidInput
/// when `to` would be inside `from`, before anything is created, and for an entry that is neither file, directory nor
/// symbolic link. The first error ends the copy, and what was copied stays. File systems mounted below `from` are
/// copied too, unless `options` say otherwise. Directories above `to` need not be readable. At most 64 directories are
/// open at once, and fewer where the process may open no more.
[[nodiscard]] WELD_API Result<void> copy_tree(PathRef from, PathRef to, const CopyOptions& options = {}) noexcept;

}  // namespace weld::fs
