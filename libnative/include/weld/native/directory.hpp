// SPDX-License-Identifier: MIT
//
// Directory: an open directory, its entries, and functions that make, rename and remove names.
//
// `Directory::read` fills the caller's buffer, and `DirectoryRecords` decodes it without a copy, skipping "." and "..":
// a name is valid as long as the buffer. Reading moves the one position of the directory, so only one thread may read
// at a time.
#pragma once

#include <weld/native/file.hpp>
#include <weld/native/metadata.hpp>
#include <weld/sys/cstr.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace weld::native {

/// One name in a directory, pointing into the buffer that `Directory::read` filled.
struct DirectoryEntry {
    const char* text = "";      ///< the name, with a NUL behind it
    std::uint64_t file_id = 0;  ///< as `Metadata::file_id`, except where another file system is mounted
    FileType file_type = FileType::Unknown;

    [[nodiscard]] sys::CStr c_name() const noexcept { return sys::CStr(text); }

    /// The name. Counts the bytes on each call.
    [[nodiscard]] std::string_view name() const noexcept { return text; }
};

class Directory {
public:
    /// A buffer of this many bytes holds at least one entry of any file system (FUSE has names of 1024 bytes).
    static constexpr std::size_t smallest_buffer = 2048;

    /// Opens the directory `path`, relative to directory `at`, with close-on-exec.
    [[nodiscard]] static WELD_API sys::Result<Directory> open(sys::BorrowedHandle at, sys::CStr path,
                                                              Follow follow) noexcept;

    /// The same, but needs only search permission: paths can start there, and entries cannot be read (O_PATH).
    [[nodiscard]] static WELD_API sys::Result<Directory> open_to_search(sys::BorrowedHandle at, sys::CStr path,
                                                                        Follow follow) noexcept;

    /// Takes ownership of `handle`, which is open on a directory.
    [[nodiscard]] static Directory from_handle(sys::OwnedHandle handle) noexcept {
        return Directory(std::move(handle));
    }

    /// Fills the front of `buffer` with entries and returns the bytes used; zero after the last.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read(std::span<std::byte> buffer) const noexcept;

    /// The position of the next read, for `set_position` of any handle of the same directory; zero is the first entry.
    [[nodiscard]] WELD_API sys::Result<std::uint64_t> position() const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> set_position(std::uint64_t position) const noexcept;

    /// Returns when the names in it are on the device. A directory that is open to search is opened for reading first.
    [[nodiscard]] WELD_API sys::Result<void> sync_all() const noexcept;

    /// A duplicate of the handle; both share one position.
    [[nodiscard]] WELD_API sys::Result<Directory> try_clone() const noexcept;

    [[nodiscard]] sys::Result<void> close() && noexcept { return std::move(handle_).close(); }

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return handle_.borrow(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(handle_); }

private:
    explicit Directory(sys::OwnedHandle handle) noexcept : handle_(std::move(handle)) {}

    sys::OwnedHandle handle_;
};

/// A cursor over the bytes that `Directory::read` filled.
class DirectoryRecords {
public:
    DirectoryRecords() noexcept = default;
    explicit DirectoryRecords(std::span<const std::byte> records) noexcept : rest_(records) {}

    /// Moves to the next entry and stores it in `entry`; false when none is left.
    [[nodiscard]] WELD_API bool next(DirectoryEntry& entry) noexcept;

    /// The records that `next` has not returned yet.
    [[nodiscard]] std::span<const std::byte> rest() const noexcept { return rest_; }

private:
    std::span<const std::byte> rest_;
};

/// Makes the directory `path`, relative to `at`. `mode` is used where the platform has modes.
[[nodiscard]] WELD_API sys::Result<void> create_dir(sys::BorrowedHandle at, sys::CStr path,
                                                    std::uint32_t mode) noexcept;

/// Removes the name `path`, relative to `at`, which must not be a directory.
[[nodiscard]] WELD_API sys::Result<void> remove_file(sys::BorrowedHandle at, sys::CStr path) noexcept;

/// Removes the empty directory `path`, relative to `at`.
[[nodiscard]] WELD_API sys::Result<void> remove_dir(sys::BorrowedHandle at, sys::CStr path) noexcept;

/// Renames `from` to `to`, atomically, and replaces `to` if it exists.
[[nodiscard]] WELD_API sys::Result<void> rename(sys::BorrowedHandle from_at, sys::CStr from, sys::BorrowedHandle to_at,
                                                sys::CStr to) noexcept;

/// Makes the hard link `to` to the file `from`; links a symbolic link itself.
[[nodiscard]] WELD_API sys::Result<void> hard_link(sys::BorrowedHandle from_at, sys::CStr from,
                                                   sys::BorrowedHandle to_at, sys::CStr to) noexcept;

/// Makes the symbolic link `path`, relative to `at`, with the text `target`.
[[nodiscard]] WELD_API sys::Result<void> symlink(sys::CStr target, sys::BorrowedHandle at, sys::CStr path) noexcept;

/// Writes the text of the symbolic link `path`, relative to `at`, to the front of `target`, cut to its size; returns
/// how many bytes. Inval when `path` is not a symbolic link.
[[nodiscard]] WELD_API sys::Result<std::size_t> read_link(sys::BorrowedHandle at, sys::CStr path,
                                                          std::span<char> target) noexcept;

/// Writes the absolute path of `path`, without symbolic links, "." and "..", to the front of `target`; returns its
/// length.
[[nodiscard]] WELD_API sys::Result<std::size_t> canonicalize(sys::CStr path, std::span<char, 4096> target) noexcept;

/// Writes the absolute path that `handle` has now to the front of `target`, cut to its size; returns how many bytes. If
/// that path is too long for the system to return, writes one that is valid while `handle` is open (/proc/self/fd/N).
[[nodiscard]] WELD_API sys::Result<std::size_t> path_of(sys::BorrowedHandle handle, std::span<char> target) noexcept;

/// Sets the permissions, or the times, of the file `path`, relative to `at`. `set_permissions` returns Opnotsupp for a
/// symbolic link as last component that `follow` does not allow.
[[nodiscard]] WELD_API sys::Result<void> set_permissions(sys::BorrowedHandle at, sys::CStr path, Follow follow,
                                                         Permissions permissions) noexcept;
[[nodiscard]] WELD_API sys::Result<void> set_times(sys::BorrowedHandle at, sys::CStr path, Follow follow,
                                                   const FileTimes& times) noexcept;

}  // namespace weld::native
