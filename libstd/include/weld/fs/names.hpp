// SPDX-License-Identifier: MIT
//
// Names in the file system: made, linked, looked for, changed and removed.
//
// Each is one system call, but for `create_dir_all`, `canonicalize`, `remove_dir_all` and `read_link` of a long one.
// `Dir` has the same from an open directory, but for `canonicalize`.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/path.hpp>

#include <cstdint>
#include <string>

namespace weld::fs {

/// Makes the directory `path`, whose parent exists, with `mode` less the umask where there are modes. AlreadyExists
/// when something has that name.
[[nodiscard]] WELD_API Result<void> create_dir(PathRef path, std::uint32_t mode = 0777) noexcept;

/// Makes the directory `path` and all above it that are missing. A directory that is there, or that others make at the
/// same time, is no error; anything else of that name is AlreadyExists, or NotADirectory above it. Those above get
/// write and search permission for their owner besides `mode`, whatever the umask, as of mkdir -p. An empty path is
/// there.
[[nodiscard]] WELD_API Result<void> create_dir_all(PathRef path, std::uint32_t mode = 0777) noexcept;

/// Removes the name `path`; a symbolic link itself, not its target. IsADirectory for a directory.
[[nodiscard]] WELD_API Result<void> remove_file(PathRef path) noexcept;

/// Removes the directory `path`. DirectoryNotEmpty when it holds anything.
[[nodiscard]] WELD_API Result<void> remove_dir(PathRef path) noexcept;

struct RemoveOptions {
    /// A directory on another file system than `path` (another device, as a mount point or a subvolume) is the error
    /// CrossesDevices, and keeps what it holds. What is mounted from the same file system counts as a part of it.
    bool one_file_system = false;
};

/// Removes the directory `path` and all that is in it, also what is mounted there, unless `options` say otherwise; of a
/// symbolic link the link alone, at `path` and below it, also when it is put in the place of a directory meanwhile.
/// What is gone already is no error, but `path` itself is. An error leaves the rest; ResourceBusy when a directory was
/// moved away meanwhile, NotADirectory for a `path` that is none, InvalidInput for one that ends in "." or ".." or is a
/// root. Slashes at its end say nothing. At most 32 are open at once, and two when the process may open no more,
/// however deep they are. A directory that may not be read goes if it is empty. Allocates: what a few directories hold.
[[nodiscard]] WELD_API Result<void> remove_dir_all(PathRef path, const RemoveOptions& options = {}) noexcept;

/// Gives `from` the name `to`, at once, replacing what had it. CrossesDevices between file systems.
[[nodiscard]] WELD_API Result<void> rename(PathRef from, PathRef to) noexcept;

/// Gives the file `from` another name `to`; a symbolic link itself. AlreadyExists when something has that name.
[[nodiscard]] WELD_API Result<void> hard_link(PathRef from, PathRef to) noexcept;

/// Makes `path` a symbolic link that says `target`, which need not exist. AlreadyExists when something has that name.
[[nodiscard]] WELD_API Result<void> symlink(PathRef target, PathRef path) noexcept;

/// What the symbolic link `path` says. InvalidInput when it is none. Allocates: the result.
[[nodiscard]] WELD_API Result<std::string> read_link(PathRef path) noexcept;

/// The absolute path of `path`, which exists, without symbolic links, "." and "..", also where it is longer than a call
/// takes. realpath(3). Allocates: the result.
[[nodiscard]] WELD_API Result<std::string> canonicalize(PathRef path) noexcept;

/// Whether `path` stands for anything, through symbolic links. An error when that cannot be known, as where a directory
/// may not be searched.
[[nodiscard]] WELD_API Answer<bool> exists(PathRef path) noexcept;

/// Of what `path` stands for, through symbolic links. chmod(2).
[[nodiscard]] WELD_API Result<void> set_permissions(PathRef path, Permissions permissions) noexcept;

/// When what `path` stands for was last read and changed, through symbolic links, or of the link itself. utimensat(2).
[[nodiscard]] WELD_API Result<void> set_times(PathRef path, const FileTimes& times) noexcept;
[[nodiscard]] WELD_API Result<void> set_times_nofollow(PathRef path, const FileTimes& times) noexcept;

}  // namespace weld::fs
