// SPDX-License-Identifier: MIT
//
// File: an open file, its bytes, its length, its times, and locks on it.
//
// Members are const and any thread may call them: the object is a handle, the position is the
// kernel's, shared by all who read or write through it. A call that a signal interrupts before it
// moved anything is made again; a short count is handed up. Nothing allocates.
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

/// How a file is opened. `append` implies writing; `create_new` overrides `create` and `truncate`.
/// Refused as an invalid argument: no access at all; `truncate`, `create` or `create_new` without
/// write or append; `truncate` with `append`, unless `create_new` is there too.
struct OpenOptions {
    bool read = false;
    bool write = false;
    bool append = false;
    bool truncate = false;
    bool create = false;
    bool create_new = false;
    std::uint32_t mode = 0666;       ///< of a file that is made, less the umask
    std::uint32_t custom_flags = 0;  ///< more, of the platform: O_ flags of open(2) but for the access mode
};

/// When a file was last read and changed; what is not there stays as it is.
struct FileTimes {
    std::optional<Timestamp> accessed;
    std::optional<Timestamp> modified;
};

/// Where a seek counts from.
enum class SeekFrom : std::uint8_t { Start, Current, End };

class File {
public:
    /// Opens `path`, taken from directory `at`. Never inherited by a child process.
    [[nodiscard]] static WELD_API sys::Result<File> open(sys::BorrowedHandle at, sys::CStr path,
                                                         const OpenOptions& options) noexcept;

    /// Opens a new file without a name in the directory `path`, taken from `at`, for reading and writing, with `mode`
    /// less the umask. Opnotsupp, or Isdir by old kernels, where the file system has no such files.
    [[nodiscard]] static WELD_API sys::Result<File> open_unnamed(sys::BorrowedHandle at, sys::CStr path,
                                                                 std::uint32_t mode) noexcept;

    /// Opens `path`, taken from `at`, for reading, to look at what it is: a FIFO that nobody writes to is not waited
    /// for. Loop for a symbolic link at its end that is not to be followed.
    [[nodiscard]] static WELD_API sys::Result<File> open_without_waiting(sys::BorrowedHandle at, sys::CStr path,
                                                                         Follow follow) noexcept;

    /// Takes `handle`, open on anything that can be read or written.
    [[nodiscard]] static File from_handle(sys::OwnedHandle handle) noexcept { return File(std::move(handle)); }

    /// Reads at the position and moves it. Zero means end of file, unless `target` is empty.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    /// Writes at the position and moves it; may write less than `source`.
    [[nodiscard]] WELD_API sys::Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// Reads at `offset`; the position stays.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read_at(std::span<std::byte> target,
                                                            std::uint64_t offset) const noexcept;

    /// Writes at `offset`; the position stays. Linux appends when the file was opened with `append`.
    [[nodiscard]] WELD_API sys::Result<std::size_t> write_at(std::span<const std::byte> source,
                                                             std::uint64_t offset) const noexcept;

    /// As `read` and `write`, of several buffers, one after another; of the first 1024, where there are more.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read_vectored(
        std::span<const sys::IoSliceMut> targets) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> write_vectored(
        std::span<const sys::IoSlice> sources) const noexcept;

    /// The same at `offset`; the position stays.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read_vectored_at(std::span<const sys::IoSliceMut> targets,
                                                                     std::uint64_t offset) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> write_vectored_at(std::span<const sys::IoSlice> sources,
                                                                      std::uint64_t offset) const noexcept;

    /// Moves the position by `offset` from `from` and returns it, counted from the start.
    [[nodiscard]] WELD_API sys::Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset) const noexcept;

    /// Moves the position to the first byte at or behind `offset` that is data, or in a hole (the end is one), and
    /// returns it. Nothing when there is no such byte. A file system without holes has data throughout.
    [[nodiscard]] WELD_API sys::Answer<std::optional<std::uint64_t>> seek_data(std::uint64_t offset) const noexcept;
    [[nodiscard]] WELD_API sys::Answer<std::optional<std::uint64_t>> seek_hole(std::uint64_t offset) const noexcept;

    /// Cuts the file to `length` bytes, or grows it with zeros. The position stays.
    [[nodiscard]] WELD_API sys::Result<void> set_len(std::uint64_t length) const noexcept;

    /// Returns when data and metadata are on the device.
    [[nodiscard]] WELD_API sys::Result<void> sync_all() const noexcept;

    /// Returns when the data, and the metadata needed to read it back, are on the device.
    [[nodiscard]] WELD_API sys::Result<void> sync_data() const noexcept;

    /// Sees that `length` bytes from `offset` have storage, and that the file is no shorter. Opnotsupp where the file
    /// system cannot promise it.
    [[nodiscard]] WELD_API sys::Result<void> allocate(std::uint64_t offset, std::uint64_t length) const noexcept;

    [[nodiscard]] WELD_API sys::Result<void> set_permissions(Permissions permissions) const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> set_times(const FileTimes& times) const noexcept;

    /// Waits for the lock of the file, alone or with others who share it, also in this process: a lock is of what is
    /// open, and duplicates have it together. Who has the one kind gets the other, and may lose it in between. It
    /// binds only those who lock. Closing the last duplicate unlocks.
    [[nodiscard]] WELD_API sys::Result<void> lock() const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> lock_shared() const noexcept;

    /// The same without waiting: false when another has it.
    [[nodiscard]] WELD_API sys::Answer<bool> try_lock() const noexcept;
    [[nodiscard]] WELD_API sys::Answer<bool> try_lock_shared() const noexcept;

    [[nodiscard]] WELD_API sys::Result<void> unlock() const noexcept;

    /// Another handle of the same open file, with one position.
    [[nodiscard]] WELD_API sys::Result<File> try_clone() const noexcept;

    /// Closes the file; an error says that data written earlier was lost. The handle is gone either way.
    [[nodiscard]] sys::Result<void> close() && noexcept { return std::move(handle_).close(); }

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return handle_.borrow(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(handle_); }

private:
    explicit File(sys::OwnedHandle handle) noexcept : handle_(std::move(handle)) {}

    sys::OwnedHandle handle_;
};

}  // namespace weld::native
