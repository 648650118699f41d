// SPDX-License-Identifier: MIT
//
// File: an open file.
//
// I/O members are const and any thread may call them: the object is a handle; the position belongs to the kernel's open
// file and is shared. `close() &&` reports what a destructor cannot: that data written earlier was lost. Signals never
// interrupt a call. No call allocates. Descriptors are close-on-exec: no child process inherits a file. Writing to a
// FIFO without a reader raises SIGPIPE, by the process's signal disposition; a PipeWriter made from the handle never
// does.
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

    /// Opens `path` as `options` say: `File::open(path, {.write = true, .create = true})`. InvalidInput for options
    /// that contradict each other, with the `Fault` NoAccess, CreateWithoutWrite or TruncateWithAppend, which says
    /// which they are.
    [[nodiscard]] static WELD_API Result<File> open(PathRef path, const OpenOptions& options) noexcept;

    /// Opens `path` for writing. The file is created if it does not exist, and truncated if it does.
    [[nodiscard]] static WELD_API Result<File> create(PathRef path) noexcept;

    /// Creates `path` and opens it for reading and writing. AlreadyExists when something has that name.
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

    /// As `read` and `write`, with several buffers, one after another: the first 1024, if there are more. readv(2).
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

    /// Moves the position to the first byte at or after `offset` that is data, or that is in a hole (the end of the
    /// file counts as one), and returns it; nothing when there is none. lseek(2), SEEK_DATA and SEEK_HOLE.
    [[nodiscard]] WELD_API Answer<std::optional<std::uint64_t>> seek_data(std::uint64_t offset) const noexcept;
    [[nodiscard]] WELD_API Answer<std::optional<std::uint64_t>> seek_hole(std::uint64_t offset) const noexcept;

    [[nodiscard]] WELD_API Result<Metadata> metadata() const noexcept;
    [[nodiscard]] WELD_API Result<void> set_permissions(Permissions permissions) const noexcept;

    /// Sets when the file was last read and modified. Times before 1970 are allowed. utimensat(2).
    [[nodiscard]] WELD_API Result<void> set_times(const FileTimes& times) const noexcept;
    [[nodiscard]] WELD_API Result<void> set_modified(time::SystemTime modified) const noexcept;

    /// Reserves storage for `length` bytes from `offset`, so that writing there cannot fail for lack of space, and
    /// extends the file if it is shorter. Unsupported where the file system cannot promise it. fallocate(2).
    [[nodiscard]] WELD_API Result<void> allocate(std::uint64_t offset, std::uint64_t length) const noexcept;

    /// Truncates the file to `length` bytes, or extends it with zeros. The position stays.
    [[nodiscard]] WELD_API Result<void> set_len(std::uint64_t length) const noexcept;

    /// Returns when data and metadata are on the device. fsync(2).
    [[nodiscard]] WELD_API Result<void> sync_all() const noexcept;

    /// Returns when the data, and the metadata needed to read it back, are on the device. fdatasync(2).
    [[nodiscard]] WELD_API Result<void> sync_data() const noexcept;

    /// Waits for the advisory lock of the file, exclusive or shared, also where another handle of this process holds
    /// it. Duplicates of a handle share one lock, and closing the last of them unlocks it. A holder of one kind that
    /// asks for the other converts its lock, and may lose it in between. The lock binds only those who lock too.
    /// flock(2).
    [[nodiscard]] WELD_API Result<void> lock() const noexcept;
    [[nodiscard]] WELD_API Result<void> lock_shared() const noexcept;

    /// The same without waiting: false when another handle holds the lock.
    [[nodiscard]] WELD_API Answer<bool> try_lock() const noexcept;
    [[nodiscard]] WELD_API Answer<bool> try_lock_shared() const noexcept;

    /// The same until `deadline`: false when others held the lock all that time. It polls every 1 to 50 ms, since the
    /// system has no lock with a timeout; a thread that waits in `lock` comes first.
    [[nodiscard]] WELD_API Answer<bool> lock_until(time::Instant deadline) const noexcept;
    [[nodiscard]] WELD_API Answer<bool> lock_shared_until(time::Instant deadline) const noexcept;

    [[nodiscard]] WELD_API Result<void> unlock() const noexcept;

    /// Duplicates the handle: both refer to the same open file, with one position and one lock.
    [[nodiscard]] WELD_API Result<File> try_clone() const noexcept;

    /// Closes the file. An error says that data written earlier was lost; the handle is closed either way.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// Conversions to and from the layer below.
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
