// SPDX-License-Identifier: MIT
//
// File: an open file.
//
// I/O members are const and any thread may call them: the object is a handle, the position is the
// kernel's and shared. `close() &&` reports what a destructor cannot: that data written earlier was
// lost. Signals never interrupt a call. No call allocates, and a child process inherits no file.
#pragma once

#include <weld/error.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/native/file.hpp>
#include <weld/path.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace weld::fs {

using native::OpenOptions;
using native::SeekFrom;

class File {
public:
    /// Opens `path` for reading.
    [[nodiscard]] static WELD_API Result<File> open(PathRef path) noexcept;

    /// Opens `path` as `options` say: `File::open(path, {.write = true, .create = true})`.
    /// InvalidInput for options that contradict each other (`native::OpenOptions` lists them).
    [[nodiscard]] static WELD_API Result<File> open(PathRef path, const OpenOptions& options) noexcept;

    /// Opens `path` for writing, made if it is not there, emptied if it is.
    [[nodiscard]] static WELD_API Result<File> create(PathRef path) noexcept;

    /// Makes `path` and opens it for reading and writing. AlreadyExists when something has that name.
    [[nodiscard]] static WELD_API Result<File> create_new(PathRef path) noexcept;

    /// Reads at the position into the front of `target`, moves the position, and returns how many bytes.
    /// Zero means end of file, unless `target` is empty.
    [[nodiscard]] WELD_API Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// Writes at the position from the front of `source`, moves the position, and returns how many bytes.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// As `read`, at `offset`; the position stays.
    [[nodiscard]] WELD_API Result<std::size_t> read_at(std::span<std::byte> target,
                                                       std::uint64_t offset) const noexcept;

    /// As `write`, at `offset`; the position stays. Linux appends to a file opened with `append`.
    [[nodiscard]] WELD_API Result<std::size_t> write_at(std::span<const std::byte> source,
                                                        std::uint64_t offset) const noexcept;

    /// Moves the position by `offset` bytes from `from` and returns it, counted from the start.
    /// InvalidInput when that is before the start.
    [[nodiscard]] WELD_API Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset) const noexcept;

    [[nodiscard]] WELD_API Result<Metadata> metadata() const noexcept;

    /// Cuts the file to `length` bytes, or grows it with zeros. The position stays.
    [[nodiscard]] WELD_API Result<void> set_len(std::uint64_t length) const noexcept;

    /// Returns when data and metadata are on the device. fsync(2).
    [[nodiscard]] WELD_API Result<void> sync_all() const noexcept;

    /// Returns when the data, and the metadata needed to read it back, are on the device. fdatasync(2).
    [[nodiscard]] WELD_API Result<void> sync_data() const noexcept;

    /// Closes the file. An error says that data written earlier was lost; the handle is gone either way.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;

    /// The layer below, and the way to it and back.
    [[nodiscard]] const native::File& as_native() const noexcept { return native_; }
    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return native_.as_handle(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(native_).into_handle(); }
    [[nodiscard]] static File from_handle(sys::OwnedHandle handle) noexcept {
        return File(native::File::from_handle(std::move(handle)));
    }

private:
    explicit File(native::File native) noexcept : native_(std::move(native)) {}

    native::File native_;
};

}  // namespace weld::fs
