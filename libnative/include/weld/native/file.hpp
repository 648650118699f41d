// SPDX-License-Identifier: MIT
//
// File: an open file, its bytes, its length, its times, and locks on it.
//
// Members are const and any thread may call them: the object is a handle, and the kernel holds the position, which all
// threads that read or write through the handle share. A call that a signal interrupts before it moved any byte is
// retried; a short count is returned as it is. Nothing allocates.
#pragma once

#include <weld/native/metadata.hpp>
#include <weld/sys/answer.hpp>
#include <weld/sys/cstr.hpp>
#include <weld/sys/io_slice.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace weld::native {

/// Options for opening a file. `append` implies writing; `create_new` overrides `create` and `truncate`.
/// `Errno::Inval` for: no access at all; `truncate`, `create` or `create_new` without `write` or `append`;
/// `truncate` with `append`, unless `create_new` is set too.
struct OpenOptions {
    bool read = false;
    bool write = false;
    bool append = false;
    bool truncate = false;
    bool create = false;
    bool create_new = false;
    std::uint32_t mode = 0666;       ///< permissions of a new file, before the umask is applied
    std::uint32_t custom_flags = 0;  ///< more flags of the platform: O_ flags of open(2) except the access mode
};

/// When a file was last read and changed; a time without a value is left unchanged.
struct FileTimes {
    std::optional<Timestamp> accessed;
    std::optional<Timestamp> modified;
};

/// The position that a seek counts from.
enum class SeekFrom : std::uint8_t { Start, Current, End };

class File {
public:
    /// Opens `path`, relative to directory `at`, with close-on-exec.
    [[nodiscard]] static WELD_API sys::Result<File> open(sys::BorrowedHandle at, sys::CStr path,
                                                         const OpenOptions& options) noexcept;

    /// Opens a new file without a name in the directory `path`, relative to `at`, for reading and writing, with the
    /// permissions `mode` minus the umask (O_TMPFILE). Opnotsupp, or Isdir on old kernels, where the file system does
    /// not support it.
    [[nodiscard]] static WELD_API sys::Result<File> open_unnamed(sys::BorrowedHandle at, sys::CStr path,
                                                                 std::uint32_t mode) noexcept;

    /// Opens `path`, relative to `at`, for reading, to examine what it is: does not wait for a writer of a FIFO. Loop
    /// for a symbolic link as last component that `follow` does not allow.
    [[nodiscard]] static WELD_API sys::Result<File> open_without_waiting(sys::BorrowedHandle at, sys::CStr path,
                                                                         Follow follow) noexcept;

    /// Takes ownership of `handle`, which is open on anything that can be read or written.
    [[nodiscard]] static File from_handle(sys::OwnedHandle handle) noexcept { return File(std::move(handle)); }

    /// Reads at the position and moves it. Zero means end of file, unless `target` is empty.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// Writes at the position and moves it; may write less than `source`.
    [[nodiscard]] WELD_API sys::Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// Reads at `offset`; the position does not move.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read_at(std::span<std::byte> target,
                                                            std::uint64_t offset) const noexcept;

    /// Writes at `offset`; the position does not move. Linux appends when the file was opened with `append`.
    [[nodiscard]] WELD_API sys::Result<std::size_t> write_at(std::span<const std::byte> source,
                                                             std::uint64_t offset) const noexcept;

    /// As `read` and `write`, with several buffers, one after another; only the first 1024 if there are more.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read_vectored(
        std::span<const sys::IoSliceMut> targets) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> write_vectored(
        std::span<const sys::IoSlice> sources) const noexcept;

    /// The same at `offset`; the position does not move.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read_vectored_at(std::span<const sys::IoSliceMut> targets,
                                                                     std::uint64_t offset) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> write_vectored_at(std::span<const sys::IoSlice> sources,
                                                                      std::uint64_t offset) const noexcept;

    /// Moves the position by `offset` from `from` and returns it, counted from the start.
    [[nodiscard]] WELD_API sys::Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset) const noexcept;

    /// Moves the position to the first byte at or after `offset` that is data, or in a hole (the end of the file counts
    /// as one), and returns it. Nothing when there is no such byte. A file system without sparse files reports only
    /// data.
    [[nodiscard]] WELD_API sys::Answer<std::optional<std::uint64_t>> seek_data(std::uint64_t offset) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<std::optional<std::uint64_t>> seek_hole(std::uint64_t offset) const noexcept;

    /// Cuts the file to `length` bytes, or grows it with zeros. The position does not move.
    [[nodiscard]] WELD_API sys::Result<void> set_len(std::uint64_t length) const noexcept;

    /// Returns when data and metadata are on the device.
    [[nodiscard]] WELD_API sys::Result<void> sync_all() const noexcept;

    /// Returns when the data, and the metadata needed to read it back, are on the device.
    [[nodiscard]] WELD_API sys::Result<void> sync_data() const noexcept;

    /// Reserves storage for `length` bytes from `offset`, and grows the file if it is shorter. Opnotsupp where the file
    /// system cannot promise that.
    [[nodiscard]] WELD_API sys::Result<void> allocate(std::uint64_t offset, std::uint64_t length) const noexcept;

    [[nodiscard]] WELD_API sys::Result<void> set_permissions(Permissions permissions) const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> set_times(const FileTimes& times) const noexcept;

    /// Waits for the exclusive or the shared lock of the file. A lock belongs to the open file description: it also
    /// excludes other opens in this process, and duplicates share it. A holder of one kind that asks for the other is
    /// converted, and may lose the lock in between. The lock is advisory. Closing the last duplicate unlocks.
    [[nodiscard]] WELD_API sys::Result<void> lock() const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> lock_shared() const noexcept;

    /// The same without waiting: false when another holder excludes it.
    [[nodiscard]] WELD_API sys::Answer<bool> try_lock() const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> try_lock_shared() const noexcept;

    [[nodiscard]] WELD_API sys::Result<void> unlock() const noexcept;

    /// A duplicate of the handle; both share one position.
    [[nodiscard]] WELD_API sys::Result<File> try_clone() const noexcept;

    /// Closes the file. An error means that data written earlier was lost. The handle is closed either way.
    [[nodiscard]] sys::Result<void> close() && noexcept { return std::move(handle_).close(); }

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return handle_.borrow(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(handle_); }

private:
    explicit File(sys::OwnedHandle handle) noexcept : handle_(std::move(handle)) {}

    sys::OwnedHandle handle_;
};

}  // namespace weld::native
