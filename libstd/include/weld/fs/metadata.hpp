// SPDX-License-Identifier: MIT
//
// Metadata: type, size and times of what a path stands for.
//
// A snapshot: the file may have changed by the time it is read. Numbers that only one family of
// systems has (device, inode, mode, owner) are in `<weld/os/unix.hpp>`.
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

/// Who may do what with a file. `readonly()` and `set_readonly(value)` everywhere; the mode on Unix.
using native::Permissions;

/// When a file was last read and changed; what is not there stays as it is.
struct FileTimes {
    std::optional<time::SystemTime> accessed;
    std::optional<time::SystemTime> modified;
};

class Metadata {
public:
    /// A record that nothing has filled yet: for whoever fills it through `as_native`.
    Metadata() noexcept {}  // NOLINT(modernize-use-equals-default): see native::Metadata

    [[nodiscard]] FileType file_type() const noexcept { return native_.file_type(); }
    [[nodiscard]] bool is_file() const noexcept { return file_type() == FileType::File; }
    [[nodiscard]] bool is_dir() const noexcept { return file_type() == FileType::Directory; }
    [[nodiscard]] bool is_symlink() const noexcept { return file_type() == FileType::Symlink; }

    /// Bytes in the file; for a symbolic link the length of its target.
    [[nodiscard]] std::uint64_t len() const noexcept { return native_.len(); }

    [[nodiscard]] Permissions permissions() const noexcept { return native_.permissions(); }

    /// When the content last changed. A time outside what SystemTime holds becomes its nearest end.
    [[nodiscard]] WELD_API time::SystemTime modified() const noexcept;

    /// When the content was last read, as exactly as the mount keeps it.
    [[nodiscard]] WELD_API time::SystemTime accessed() const noexcept;

    /// When the file was made. Unsupported where the platform or the file system does not keep it.
    [[nodiscard]] WELD_API Result<time::SystemTime> created() const noexcept;

    /// Whether both are of one file, whatever its names; of files that were there at the same time.
    [[nodiscard]] bool is_same_file(const Metadata& other) const noexcept {
        return native_.identity() == other.native_.identity();
    }

    /// The layer below.
    [[nodiscard]] const native::Metadata& as_native() const noexcept { return native_; }
    [[nodiscard]] native::Metadata& as_native() noexcept { return native_; }

private:
    native::Metadata native_;
};

/// What `path` stands for, through symbolic links. statx(2).
[[nodiscard]] WELD_API Result<Metadata> metadata(PathRef path) noexcept;

/// What `path` stands for; a symbolic link at its end is not followed. statx(2).
[[nodiscard]] WELD_API Result<Metadata> symlink_metadata(PathRef path) noexcept;

/// Whether both paths, links followed, lead to one file.
[[nodiscard]] WELD_API Answer<bool> same_file(PathRef left, PathRef right) noexcept;

}  // namespace weld::fs
