// SPDX-License-Identifier: MIT
//
// File: an open file of tasks.
//
// As weld::fs::File. The mode that a file is opened in holds for all its calls: each runs inline, or each is offloaded.
// I/O members are const and any task may call them: the object is a handle, and all calls share the position that the
// kernel keeps. The destructor closes inline.
#pragma once

#include <green/fs/metadata.hpp>

#include <weld/fs/file.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace green::fs {

using weld::fs::OpenOptions;
using weld::fs::SeekFrom;

class File {
public:
    /// Opens `path` for reading. Parks.
    [[nodiscard]] static GREEN_API weld::Result<File> open(weld::PathRef path, Mode mode = Mode::Inline) noexcept;

    /// Opens `path` with `options`. InvalidInput for options that contradict each other; its `Fault` tells which:
    /// NoAccess, CreateWithoutWrite, TruncateWithAppend. Parks.
    [[nodiscard]] static GREEN_API weld::Result<File> open(weld::PathRef path, const OpenOptions& options,
                                                           Mode mode = Mode::Inline) noexcept;

    /// Opens `path` for writing. A missing file is created, an existing one is emptied. Parks.
    [[nodiscard]] static GREEN_API weld::Result<File> create(weld::PathRef path, Mode mode = Mode::Inline) noexcept;

    /// Creates `path` and opens it for reading and writing. AlreadyExists when something has that name. Parks.
    [[nodiscard]] static GREEN_API weld::Result<File> create_new(weld::PathRef path, Mode mode = Mode::Inline) noexcept;

    /// Takes over a native file, whose calls then run in `mode`.
    [[nodiscard]] static File from_native(weld::fs::File file, Mode mode = Mode::Inline) noexcept {
        return File(std::move(file), mode);
    }

    /// Reads at the position into the front of `target`, moves the position, and returns how many bytes.
    /// Zero means end of file, unless `target` is empty. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// Writes at the position from the front of `source`, moves the position, and returns how many bytes. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// As `read`, at `offset`; the position stays. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> read_at(std::span<std::byte> target,
                                                              std::uint64_t offset) const noexcept;

    /// As `write`, at `offset`; the position stays. Linux appends to a file opened with `append`. Parks.
    [[nodiscard]] GREEN_API weld::Result<std::size_t> write_at(std::span<const std::byte> source,
                                                               std::uint64_t offset) const noexcept;

    /// Moves the position to `offset` bytes from `from` and returns it, counted from the start. InvalidInput when it
    /// would be before the start. Always inline: the call does not wait.
    [[nodiscard]] GREEN_API weld::Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset) const noexcept;

    [[nodiscard]] GREEN_API weld::Result<Metadata> metadata() const noexcept;

    /// Truncates the file to `length` bytes, or extends it with zeros. The position stays. Parks.
    [[nodiscard]] GREEN_API weld::Result<void> set_len(std::uint64_t length) const noexcept;

    /// Returns when data and metadata are on the device. fsync(2). Parks.
    [[nodiscard]] GREEN_API weld::Result<void> sync_all() const noexcept;

    /// Returns when the data, and the metadata needed to read it back, are on the device. fdatasync(2). Parks.
    [[nodiscard]] GREEN_API weld::Result<void> sync_data() const noexcept;

    /// Closes the file. An error means that data written earlier was lost; the handle is gone either way. Parks.
    [[nodiscard]] GREEN_API weld::Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// The native file or its handle, borrowed (`as_`) or given up (`into_`).
    [[nodiscard]] const weld::fs::File& as_native() const noexcept { return native_; }
    [[nodiscard]] weld::fs::File into_native() && noexcept { return std::move(native_); }
    [[nodiscard]] weld::sys::BorrowedHandle as_handle() const noexcept { return native_.as_handle(); }
    [[nodiscard]] weld::sys::OwnedHandle into_handle() && noexcept { return std::move(native_).into_handle(); }

    [[nodiscard]] Mode mode() const noexcept { return mode_; }

private:
    File(weld::fs::File native, Mode mode) noexcept : native_(std::move(native)), mode_(mode) {}

    weld::fs::File native_;
    Mode mode_;
};

}  // namespace green::fs
