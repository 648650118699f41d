// SPDX-License-Identifier: MIT
//
// AtomicFile: a file that takes the place of another all at once, or not at all.
//
// It is written beside its target, under a name that nobody can guess; `commit` sees it to the device, gives it the
// target's name and sees that to the device. Whoever opens the target finds the old contents or the new, also after a
// power failure. Dropped, it leaves the target as it was, and nothing else; a process that is killed leaves the file
// beside it. A symbolic link of that name is replaced itself; other names of the old file keep it.
#pragma once

#include <weld/error.hpp>
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
    /// makes it, else those of any new file. InvalidInput where something is there that is no file. Allocates: its
    /// names.
    [[nodiscard]] static WELD_API Result<AtomicFile> create(PathRef target) noexcept;

    /// What is written so far, for writing and reading.
    [[nodiscard]] const File& file() const noexcept { return temp_.file(); }

    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source) const noexcept {
        return file().write(source);
    }

    /// Puts it in the place of the target. After an error the target is as it was, unless it is the directory that
    /// could not be seen to the device.
    [[nodiscard]] WELD_API Result<void> commit() && noexcept;
    void commit() const& = delete;  // consumes: std::move(object).commit()

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

}  // namespace weld::fs
