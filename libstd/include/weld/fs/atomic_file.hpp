// SPDX-License-Identifier: MIT
//
// AtomicFile: a file that takes the place of another all at once, or not at all.
//
// It is written beside its target, under a name that nobody can guess; `commit` sees it to the device, closes it, gives
// it the target's name and sees that to the device. Whoever opens the target finds the old contents or the new, also
// after a power failure. Dropped, it leaves the target as it was, and nothing else; a process that is killed leaves the
// file beside it. A symbolic link of that name is replaced itself; other names of the old file keep it.
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
    /// Begins one for `target`, with the permissions of what is there, without set-id bits and with the owner that
    /// makes it, else those of any new file. Where the file system refuses to set permissions it keeps those that it
    /// was made with, if they let nobody read or write more; else that is PermissionDenied. InvalidInput where
    /// something is there that is no file. The directory need not be readable. Allocates: its names.
    [[nodiscard]] static WELD_API Result<AtomicFile> create(PathRef target) noexcept;

    /// What is written so far, for writing and reading.
    [[nodiscard]] const File& file() const noexcept { return temp_.file(); }

    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source) const noexcept {
        return file().write(source);
    }

    /// Puts it in the place of the target. After an error the target is as it was, unless `is_replaced(error)`. A
    /// directory that may not be read, or whose file system does not sync directories, is not synced: that is no error,
    /// and the new name is as durable as the file system makes it by itself.
    [[nodiscard]] WELD_API Result<void> commit() && noexcept;
    void commit() const& = delete;  // consumes: std::move(object).commit()

    /// Whether `error`, of `commit` or `write_atomic`, came after the target was replaced: the directory could not be
    /// synced, and after a power failure the name may lead to the old contents.
    [[nodiscard]] static WELD_API bool is_replaced(const Error& error) noexcept;

private:
    AtomicFile(TempFile temp, std::string name) noexcept : temp_(std::move(temp)), name_(std::move(name)) {}

    TempFile temp_;
    std::string name_;
};

/// Makes `path` hold just `contents`, all at once.
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
