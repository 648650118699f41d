// SPDX-License-Identifier: MIT
//
// AtomicFile: a file that replaces another one atomically: all at once, or not at all.
//
// It is written in the directory of its target, under a name that cannot be guessed. `commit` syncs it to the device,
// closes it, renames it to the target's name and syncs the directory. A program that opens the target finds the old
// contents or the new ones, also after a power failure. An AtomicFile that is dropped leaves the target as it was and
// removes its own file; a process that is killed leaves that file behind. A target that is a symbolic link is replaced
// itself; hard links to the old file keep the old contents.
#pragma once

#include <weld/error.hpp>
#include <weld/fs/contents.hpp>
#include <weld/fs/temp.hpp>
#include <weld/path.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weld::fs {

class AtomicFile {
public:
    /// Creates a file that is to replace `target`. If `target` exists, the file gets its permissions without set-id
    /// bits, else the permissions of any new file; its owner is the user that creates it. Where the file system refuses
    /// to set permissions, the file keeps those that it was created with, if they let nobody read or write more than
    /// those of `target` do; otherwise PermissionDenied. InvalidInput if `target` exists and is no file. The directory
    /// need not be readable. Allocates: its names.
    [[nodiscard]] static WELD_API Result<AtomicFile> create(PathRef target) noexcept;

    /// The new file, open for writing and reading.
    [[nodiscard]] const File& file() const noexcept { return temp_.file(); }

    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source) const noexcept {
        return file().write(source);
    }

    /// Replaces the target. After an error the target is as it was, unless `is_replaced(error)`. A directory that the
    /// process may not read, or whose file system does not sync directories, is not synced. That is no error: the new
    /// name is then as durable as the file system makes it by itself.
    [[nodiscard]] WELD_API Result<void> commit() && noexcept;
    void commit() const& = delete;  // consumes: std::move(object).commit()

    /// Whether `error`, from `commit` or `write_atomic`, came after the target was replaced: the directory could not be
    /// synced, and after a power failure the name may lead to the old contents.
    [[nodiscard]] static WELD_API bool is_replaced(const Error& error) noexcept;

private:
    AtomicFile(TempFile temp, std::string name) noexcept : temp_(std::move(temp)), name_(std::move(name)) {}

    TempFile temp_;
    std::string name_;
};

/// Replaces the contents of `path` by `contents`, atomically, with an AtomicFile.
[[nodiscard]] WELD_API Result<void> write_atomic(PathRef path, std::span<const std::byte> contents) noexcept;
[[nodiscard]] inline Result<void> write_atomic(PathRef path, std::string_view contents) noexcept {
    return write_atomic(path, std::as_bytes(std::span(contents)));
}
template <std::size_t size>
[[nodiscard]] Result<void> write_atomic(PathRef path, const char (&literal)[size]) noexcept {
    return write_atomic(path, literal_text(literal));
}
template <std::size_t size>
[[nodiscard]] Result<void> write_atomic(PathRef path, char (&buffer)[size]) noexcept = delete;

}  // namespace weld::fs
