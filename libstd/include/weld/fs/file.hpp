// SPDX-License-Identifier: MIT
//
// File: an open file.
//
// I/O members are const and any thread may call them: the object is a handle, the position is the
// kernel's and shared. `close() &&` reports what a destructor cannot: that data written earlier was
// lost. Signals never interrupt a call. No call allocates, and a child process inherits no file. Writing to a FIFO that
// nobody reads is SIGPIPE, if the process has it so: a PipeWriter of its handle has none.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/native/file.hpp>
#include <weld/path.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace weld::fs {

using native::OpenOptions;
using native::SeekFrom;
using sys::IoSlice;
using sys::IoSliceMut;

class File {
public:
    /// Opens `path` for reading.
    [[nodiscard]] static WELD_API Result<File> open(PathRef path) noexcept;

    /// Opens `path` as `options` say: `File::open(path, {.write = true, .create = true})`.
    /// InvalidInput for options that contradict each other, with a `Fault` that says which: NoAccess,
    /// CreateWithoutWrite, TruncateWithAppend.
    [[nodiscard]] static WELD_API Result<File> open(PathRef path, const OpenOptions& options) noexcept;

    /// Opens `path` for writing, made if it is not there, emptied if it is.
    [[nodiscard]] static WELD_API Result<File> create(PathRef path) noexcept;

    /// Makes `path` and opens it for reading and writing. AlreadyExists when something has that name.
    [[nodiscard]] static WELD_API Result<File> create_new(PathRef path) noexcept;

    /// Reads at the position into the front of `target`, moves the position, and returns how many bytes.
    /// Zero means end of file, unless `target` is empty.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> target) const noexcept {
        return during("read", native_.read(target));
    }

    /// Writes at the position from the front of `source`, moves the position, and returns how many bytes.
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source) const noexcept {
        return during("write", native_.write(source));
    }

    /// As `read`, at `offset`; the position stays.
    [[nodiscard]] Result<std::size_t> read_at(std::span<std::byte> target, std::uint64_t offset) const noexcept {
        return during("read_at", native_.read_at(target, offset));
    }

    /// As `write`, at `offset`; the position stays. Linux appends to a file opened with `append`.
    [[nodiscard]] Result<std::size_t> write_at(std::span<const std::byte> source, std::uint64_t offset) const noexcept {
        return during("write_at", native_.write_at(source, offset));
    }

    /// As `read` and `write`, of several buffers, one after another; of the first 1024, where there are more. readv(2).
    [[nodiscard]] Result<std::size_t> read_vectored(std::span<const IoSliceMut> targets) const noexcept {
        return during("read_vectored", native_.read_vectored(targets));
    }
    [[nodiscard]] Result<std::size_t> write_vectored(std::span<const IoSlice> sources) const noexcept {
        return during("write_vectored", native_.write_vectored(sources));
    }

    /// The same at `offset`; the position stays.
    [[nodiscard]] Result<std::size_t> read_vectored_at(std::span<const IoSliceMut> targets,
                                                       std::uint64_t offset) const noexcept {
        return during("read_vectored_at", native_.read_vectored_at(targets, offset));
    }
    [[nodiscard]] Result<std::size_t> write_vectored_at(std::span<const IoSlice> sources,
                                                        std::uint64_t offset) const noexcept {
        return during("write_vectored_at", native_.write_vectored_at(sources, offset));
    }

    /// Moves the position by `offset` bytes from `from` and returns it, counted from the start.
    /// InvalidInput when that is before the start.
    [[nodiscard]] WELD_API Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset) const noexcept;

    /// Moves the position to the first byte at or behind `offset` that is data, or in a hole (the end is one), and
    /// returns it; nothing when there is none. lseek(2), SEEK_DATA and SEEK_HOLE.
    [[nodiscard]] WELD_API Answer<std::optional<std::uint64_t>> seek_data(std::uint64_t offset) const noexcept;
    [[nodiscard]] WELD_API Answer<std::optional<std::uint64_t>> seek_hole(std::uint64_t offset) const noexcept;

    [[nodiscard]] WELD_API Result<Metadata> metadata() const noexcept;
    [[nodiscard]] WELD_API Result<void> set_permissions(Permissions permissions) const noexcept;

    /// Sets when the file was last read and changed. A time before 1970 is one. utimensat(2).
    [[nodiscard]] WELD_API Result<void> set_times(const FileTimes& times) const noexcept;
    [[nodiscard]] WELD_API Result<void> set_modified(time::SystemTime modified) const noexcept;

    /// Sees that `length` bytes from `offset` have storage, so that writing there cannot fail for want of it, and that
    /// the file is no shorter. Unsupported where the file system cannot promise it. fallocate(2).
    [[nodiscard]] WELD_API Result<void> allocate(std::uint64_t offset, std::uint64_t length) const noexcept;

    /// Cuts the file to `length` bytes, or grows it with zeros. The position stays.
    [[nodiscard]] WELD_API Result<void> set_len(std::uint64_t length) const noexcept;

    /// Returns when data and metadata are on the device. fsync(2).
    [[nodiscard]] WELD_API Result<void> sync_all() const noexcept;

    /// Returns when the data, and the metadata needed to read it back, are on the device. fdatasync(2).
    [[nodiscard]] WELD_API Result<void> sync_data() const noexcept;

    /// Waits for the lock of the file, alone or with others who share it; also where another handle of this process has
    /// it. Duplicates have it together, and closing the last of them unlocks. Who has the one kind gets the other, and
    /// may lose it in between. It binds only those who lock. flock(2).
    [[nodiscard]] WELD_API Result<void> lock() const noexcept;
    [[nodiscard]] WELD_API Result<void> lock_shared() const noexcept;

    /// The same without waiting: false when another has it.
    [[nodiscard]] WELD_API Answer<bool> try_lock() const noexcept;
    [[nodiscard]] WELD_API Answer<bool> try_lock_shared() const noexcept;

    /// The same until `deadline`: false when another had it all the time. It is asked for again every 1 to 50 ms, since
    /// no system waits for a lock and a time; who waits by `lock` comes first.
    [[nodiscard]] WELD_API Answer<bool> lock_until(time::Instant deadline) const noexcept;
    [[nodiscard]] WELD_API Answer<bool> lock_shared_until(time::Instant deadline) const noexcept;

    [[nodiscard]] WELD_API Result<void> unlock() const noexcept;

    /// Another handle of the same open file, with one position and one lock for both.
    [[nodiscard]] WELD_API Result<File> try_clone() const noexcept;

    /// Closes the file. An error says that data written earlier was lost; the handle is gone either way.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

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
