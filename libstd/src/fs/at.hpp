// SPDX-License-Identifier: MIT
//
// The functions shared by `weld::fs` and `Dir`: each takes an open directory, or the current one, and a path.
#pragma once

#include <weld/answer.hpp>
#include <weld/fs/copy.hpp>
#include <weld/fs/file.hpp>
#include <weld/fs/names.hpp>
#include <weld/native/directory.hpp>
#include <weld/sys/repr.hpp>

namespace weld::fs::at {

using Handle = sys::BorrowedHandle;

[[nodiscard]] Result<File> open_file(Handle at, PathRef path, const OpenOptions& options) noexcept;
/// Opens it to read, or only to search where reading is not allowed.
[[nodiscard]] Result<native::Directory> open_dir(Handle at, PathRef path) noexcept;
[[nodiscard]] Result<Metadata> metadata(Handle at, PathRef path, native::Follow follow) noexcept;
[[nodiscard]] Result<void> write_and_close(File file, std::span<const std::byte> contents) noexcept;  // in contents.cpp

[[nodiscard]] Result<void> create_dir(Handle at, PathRef path, std::uint32_t mode) noexcept;
[[nodiscard]] Result<void> create_dir_all(Handle at, PathRef path, std::uint32_t mode) noexcept;
/// With `mode`, and all permissions for its owner, whatever the umask removes.
[[nodiscard]] Result<void> create_own_dir(Handle at, PathRef path, std::uint32_t mode) noexcept;
[[nodiscard]] Result<void> remove_file(Handle at, PathRef path) noexcept;
[[nodiscard]] Result<void> remove_dir(Handle at, PathRef path) noexcept;
[[nodiscard]] Result<void> remove_dir_all(Handle at, PathRef path,
                                          const RemoveOptions& options) noexcept;  // in remove.cpp
[[nodiscard]] Result<void> rename(Handle from_at, PathRef from, Handle to_at, PathRef to) noexcept;
[[nodiscard]] Result<std::uint64_t> copy(Handle from_at, PathRef from, Handle to_at, PathRef to,
                                         const CopyOptions& options) noexcept;  // in copy.cpp

/// Sets the permissions of `file` as `how` says; in copy.cpp.
[[nodiscard]] Result<void> give_permissions(const File& file, Permissions permissions, CopyPermissions how) noexcept;
[[nodiscard]] Result<void> hard_link(Handle from_at, PathRef from, Handle to_at, PathRef to) noexcept;
[[nodiscard]] Result<void> symlink(PathRef target, Handle at, PathRef path) noexcept;
[[nodiscard]] Result<std::string> read_link(Handle at, PathRef path) noexcept;
[[nodiscard]] Answer<bool> exists(Handle at, PathRef path) noexcept;
[[nodiscard]] Result<void> set_permissions(Handle at, PathRef path, Permissions permissions) noexcept;
[[nodiscard]] Result<void> set_times(Handle at, PathRef path, native::Follow follow, const FileTimes& times) noexcept;

}  // namespace weld::fs::at
