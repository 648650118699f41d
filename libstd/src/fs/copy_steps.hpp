// SPDX-License-Identifier: MIT
//
// The steps that copy and copy_tree share: open the source, copy the bytes, set the permissions.
#pragma once

#include "at.hpp"

#include <weld/fs/copy.hpp>
#include <weld/sys/try.hpp>

namespace weld::fs {

/// The permissions of `metadata` without set-id bits: the owner of a copy need not be the owner of the file.
[[nodiscard]] inline Permissions permissions_of_copy(const Metadata& metadata) noexcept {
    return Permissions(metadata.permissions().mode() & 0777U);
}

/// Opens the source file, at its start, and fills `what` with its metadata.
[[nodiscard]] Result<File> open_source(at::Handle at, PathRef path, native::Follow follow, Metadata& what) noexcept;

/// Copies `source`, whose metadata are `what`, closes `target`, and returns how many bytes. Holes are kept where
/// `target` is an empty file; any other target gets plain bytes.
[[nodiscard]] Result<std::uint64_t> copy_bytes(const File& source, const Metadata& what, File target,
                                               bool is_file) noexcept;

/// The result of setting permissions, `given`: unchanged, or no error where `how` allows the file system's own
/// permissions and `look()`, the metadata now, has no more of the bits `counted` than `wanted` has.
template <class Look>
[[nodiscard]] Result<void> settle(const Result<void>& given, CopyPermissions how, Permissions wanted,
                                  std::uint32_t counted, Look look) noexcept {
    if (given || how != CopyPermissions::Keep ||
        (given.error() != Kind::PermissionDenied && given.error() != Kind::Unsupported)) {
        return given;
    }
    const Metadata now = WELD_TRY(look());
    return (now.permissions().mode() & counted & ~wanted.mode()) == 0 ? Result<void>() : given;
}

}  // namespace weld::fs
