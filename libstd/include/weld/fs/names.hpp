// SPDX-License-Identifier: MIT
//
// Names in the file system: creates, links, looks up, changes and removes them.
//
// Each function is one system call, except `create_dir_all`, `canonicalize`, `remove_dir_all`, and `read_link` of a
// long link. `Dir` has the same functions relative to an open directory, except `canonicalize`.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/path.hpp>

#include <cstdint>
#include <string>

namespace weld::fs {

/// Creates the directory `path`, whose parent exists, with `mode` less the umask where there are modes. AlreadyExists
/// when something has that name.
[[nodiscard]] WELD_API Result<void> create_dir(PathRef path, std::uint32_t mode = 0777) noexcept;

/// Creates the directory `path` and all missing parents. A directory that exists, or that others create at the same
/// time, is no error. Anything else is: AlreadyExists if it has the name `path`, NotADirectory if it is above. New
/// parents get write and search permission for their owner in addition to `mode`, whatever the umask, as with mkdir -p.
/// An empty path counts as existing.
[[nodiscard]] WELD_API Result<void> create_dir_all(PathRef path, std::uint32_t mode = 0777) noexcept;

/// Removes the name `path`; for a symbolic link the link, not its target. IsADirectory for a directory.
[[nodiscard]] WELD_API Result<void> remove_file(PathRef path) noexcept;

/// Removes the empty directory `path`. DirectoryNotEmpty when it holds anything.
[[nodiscard]] WELD_API Result<void> remove_dir(PathRef path) noexcept;

struct RemoveOptions {
    /// A directory on another file system than `path` (another device, as a mount point or a subvolume) is the error
    /// CrossesDevices, and keeps its contents. A mount of the same file system counts as a part of it.
    bool one_file_system = false;
};

/// Removes the directory `path` and everything in it, also file systems that are mounted there, unless `options` say
/// otherwise. Symbolic links are removed and never followed, neither `path` itself nor one below it, also when one
/// replaces a directory meanwhile. An entry that is gone already is no error; a missing `path` is. An error leaves the
/// rest in place: ResourceBusy when a directory was moved away meanwhile, NotADirectory when `path` is none,
/// InvalidInput when it ends in "." or ".." or is a root. Trailing slashes are ignored. At most 32 directories are open
/// at once, and two when the process may open no more, however deep the tree is. A directory that may not be read is
/// removed if it is empty. Allocates: what a few directories hold.
[[nodiscard]] WELD_API Result<void> remove_dir_all(PathRef path, const RemoveOptions& options = {}) noexcept;

/// Renames `from` to `to` atomically, and replaces an existing `to`. CrossesDevices between file systems.
[[nodiscard]] WELD_API Result<void> rename(PathRef from, PathRef to) noexcept;

/// Creates the hard link `to` to the file `from`; to the link itself if `from` is a symbolic link. AlreadyExists when
/// something has the name `to`.
[[nodiscard]] WELD_API Result<void> hard_link(PathRef from, PathRef to) noexcept;

/// Creates the symbolic link `path` to `target`, which need not exist. AlreadyExists when something has that name.
[[nodiscard]] WELD_API Result<void> symlink(PathRef target, PathRef path) noexcept;

/// The target of the symbolic link `path`. InvalidInput when it is no symbolic link. Allocates: the result.
[[nodiscard]] WELD_API Result<std::string> read_link(PathRef path) noexcept;

/// The absolute path of `path`, which must exist, without symbolic links, "." and "..". It may be longer than what a
/// system call takes. realpath(3). Allocates: the result.
[[nodiscard]] WELD_API Result<std::string> canonicalize(PathRef path) noexcept;

/// Whether `path` exists. Symbolic links are followed. An error when that cannot be known, as where a directory may not
/// be searched.
[[nodiscard]] WELD_API Answer<bool> exists(PathRef path) noexcept;

/// Sets the permissions of `path`. Symbolic links are followed. chmod(2).
[[nodiscard]] WELD_API Result<void> set_permissions(PathRef path, Permissions permissions) noexcept;

/// Sets when `path` was last read and modified. `set_times` follows symbolic links; `set_times_nofollow` changes the
/// link itself. utimensat(2).
[[nodiscard]] WELD_API Result<void> set_times(PathRef path, const FileTimes& times) noexcept;
[[nodiscard]] WELD_API Result<void> set_times_nofollow(PathRef path, const FileTimes& times) noexcept;

}  // namespace weld::fs
