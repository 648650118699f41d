// SPDX-License-Identifier: MIT
//
// Metadata: type, size, permissions and times of a file, directory or symbolic link.
//
// A snapshot: the file may have changed by the time the metadata is looked at. Fields that only one family of systems
// has (device, inode, mode, owner) are in `<weld/os/unix.hpp>`.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/native/metadata.hpp>
#include <weld/path.hpp>
#include <weld/time.hpp>

#include <cstdint>
#include <optional>

namespace weld::fs {

using native::FileType;

/// The permissions of a file: `readonly()` and `set_readonly(value)` everywhere; the mode on Unix.
using native::Permissions;

/// When a file was last read and modified. A time that is not given stays as it is.
struct FileTimes {
    std::optional<time::SystemTime> accessed;
    std::optional<time::SystemTime> modified;
};

class Metadata {
public:
    /// An empty record, to be filled through `as_native`.
    Metadata() noexcept {}  // NOLINT(modernize-use-equals-default): see native::Metadata

    [[nodiscard]] FileType file_type() const noexcept { return native_.file_type(); }
    [[nodiscard]] bool is_file() const noexcept { return file_type() == FileType::File; }
    [[nodiscard]] bool is_dir() const noexcept { return file_type() == FileType::Directory; }
    [[nodiscard]] bool is_symlink() const noexcept { return file_type() == FileType::Symlink; }

    /// The size in bytes; for a symbolic link, the length of its target.
    [[nodiscard]] std::uint64_t len() const noexcept { return native_.len(); }

    [[nodiscard]] Permissions permissions() const noexcept { return native_.permissions(); }

    /// When the content was last modified. A time out of the range of SystemTime is clamped to it.
    [[nodiscard]] WELD_API time::SystemTime modified() const noexcept;

    /// When the content was last read, as exactly as the mount options keep it.
    [[nodiscard]] WELD_API time::SystemTime accessed() const noexcept;

    /// When the file was created. Unsupported where the platform or the file system does not record it.
    [[nodiscard]] WELD_API Result<time::SystemTime> created() const noexcept;

    /// Whether both describe the same file, by any of its names, if it existed when both were read.
    [[nodiscard]] bool is_same_file(const Metadata& other) const noexcept {
        return native_.identity() == other.native_.identity();
    }

    /// The layer below.
    [[nodiscard]] const native::Metadata& as_native() const noexcept { return native_; }
    [[nodiscard]] native::Metadata& as_native() noexcept { return native_; }

private:
    native::Metadata native_;
};

/// The metadata of `path`. A symbolic link is followed. statx(2).
[[nodiscard]] WELD_API Result<Metadata> metadata(PathRef path) noexcept;

/// The metadata of `path`. A symbolic link as the last component is not followed. statx(2).
[[nodiscard]] WELD_API Result<Metadata> symlink_metadata(PathRef path) noexcept;

/// Whether both paths lead to the same file. Symbolic links are followed.
[[nodiscard]] WELD_API Answer<bool> same_file(PathRef left, PathRef right) noexcept;

}  // namespace weld::fs
