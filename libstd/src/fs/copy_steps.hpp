// SPDX-License-Identifier: MIT
//
// The steps that copy and copy_tree share: a source is opened, bytes go, permissions are settled.
#pragma once

#include "at.hpp"

#include <weld/fs/copy.hpp>
#include <weld/sys/try.hpp>

namespace weld::fs {

/// Those of `metadata` without set-id bits: the owner of a copy need not be the owner of the file.
[[nodiscard]] inline Permissions permissions_of_copy(const Metadata& metadata) noexcept {
    return Permissions(metadata.permissions().mode() & 0777U);
}

/// Opens the file that is copied, at its start, and fills `what` with its metadata.
[[nodiscard]] Result<File> open_source(at::Handle at, PathRef path, native::Follow follow, Metadata& what) noexcept;

/// Copies `source`, whose metadata are `what`, and closes `target`; how many bytes. With holes where `target` is an
/// empty file; anything else takes bytes alone.
[[nodiscard]] Result<std::uint64_t> copy_bytes(const File& source, const Metadata& what, File target,
                                               bool is_file) noexcept;

/// What `given`, which set permissions, comes to: as it is, or no error where `how` lets the file system have its own
/// and what has them now, by `look()`, has no more of `counted` than `wanted`.
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
