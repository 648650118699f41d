// SPDX-License-Identifier: MIT
//
// Directory: an open directory, its entries, and the names one can make and remove in it.
//
// Entries are read into the caller's buffer and seen through `DirectoryRecords`, which skips "."
// and ".." and copies nothing: a name is valid as long as the buffer is. Reading moves the
// directory's one position, so only one thread at a time reads.
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
    const char* text = "";      ///< the name, and NUL behind it
    std::uint64_t file_id = 0;  ///< as `Metadata::file_id`, but where another file system is mounted
    FileType file_type = FileType::Unknown;

    [[nodiscard]] sys::CStr c_name() const noexcept { return sys::CStr(text); }

    /// The name, whose length is looked for each time.
    [[nodiscard]] std::string_view name() const noexcept { return text; }
};

class Directory {
public:
    /// A buffer of this many bytes holds at least one entry of any file system (FUSE has names of 1024 bytes).
    static constexpr std::size_t smallest_buffer = 2048;

    /// Opens the directory `path`, taken from directory `at`. Never inherited by a child process.
    [[nodiscard]] static WELD_API sys::Result<Directory> open(sys::BorrowedHandle at, sys::CStr path,
                                                              Follow follow) noexcept;

    /// The same with permission to search alone: names are looked up from there, and nothing is read.
    [[nodiscard]] static WELD_API sys::Result<Directory> open_to_search(sys::BorrowedHandle at, sys::CStr path,
                                                                        Follow follow) noexcept;

    /// Takes `handle`, open on a directory.
    [[nodiscard]] static Directory from_handle(sys::OwnedHandle handle) noexcept {
        return Directory(std::move(handle));
    }

    /// Fills the front of `buffer` with entries and returns the bytes used; zero after the last.
    [[nodiscard]] WELD_API sys::Result<std::size_t> read(std::span<std::byte> buffer) const noexcept;

    /// Where the next read begins, for `set_position` of any handle of the same directory; zero is the first entry.
    [[nodiscard]] WELD_API sys::Result<std::uint64_t> position() const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> set_position(std::uint64_t position) const noexcept;

    /// Returns when the names in it are on the device. One that is open to search is opened to read for that.
    [[nodiscard]] WELD_API sys::Result<void> sync_all() const noexcept;

    /// Another handle of the same open directory, with one position.
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

    /// What has not been seen yet.
    [[nodiscard]] std::span<const std::byte> rest() const noexcept { return rest_; }

private:
    std::span<const std::byte> rest_;
};

/// Makes the directory `path`, taken from `at`. `mode` counts where the platform has modes.
[[nodiscard]] WELD_API sys::Result<void> create_dir(sys::BorrowedHandle at, sys::CStr path,
                                                    std::uint32_t mode) noexcept;

/// Removes the name `path`, taken from `at`, which is no directory.
[[nodiscard]] WELD_API sys::Result<void> remove_file(sys::BorrowedHandle at, sys::CStr path) noexcept;

/// Removes the empty directory `path`, taken from `at`.
[[nodiscard]] WELD_API sys::Result<void> remove_dir(sys::BorrowedHandle at, sys::CStr path) noexcept;

/// Gives `from` the name `to`, at once, replacing what had it.
[[nodiscard]] WELD_API sys::Result<void> rename(sys::BorrowedHandle from_at, sys::CStr from, sys::BorrowedHandle to_at,
                                                sys::CStr to) noexcept;

/// Gives the file `from` another name `to`; a symbolic link itself.
[[nodiscard]] WELD_API sys::Result<void> hard_link(sys::BorrowedHandle from_at, sys::CStr from,
                                                   sys::BorrowedHandle to_at, sys::CStr to) noexcept;

/// Makes `path`, taken from `at`, a symbolic link that says `target`.
[[nodiscard]] WELD_API sys::Result<void> symlink(sys::CStr target, sys::BorrowedHandle at, sys::CStr path) noexcept;

/// What the symbolic link `path`, taken from `at`, says: the front of `target`, cut to its size; how many bytes. Inval
/// when it is none.
[[nodiscard]] WELD_API sys::Result<std::size_t> read_link(sys::BorrowedHandle at, sys::CStr path,
                                                          std::span<char> target) noexcept;

/// The absolute path of `path`, without symbolic links and dots, into the front of `target`; its length.
[[nodiscard]] WELD_API sys::Result<std::size_t> canonicalize(sys::CStr path, std::span<char, 4096> target) noexcept;

/// The absolute path that `handle` has now, into the front of `target`, cut to its size; how many bytes. One that leads
/// there while `handle` is open, where the system does not tell a path as long as that.
[[nodiscard]] WELD_API sys::Result<std::size_t> path_of(sys::BorrowedHandle handle, std::span<char> target) noexcept;

/// Of what `path`, taken from `at`, stands for. Opnotsupp for a symbolic link at its end that is not to be followed.
[[nodiscard]] WELD_API sys::Result<void> set_permissions(sys::BorrowedHandle at, sys::CStr path, Follow follow,
                                                         Permissions permissions) noexcept;
[[nodiscard]] WELD_API sys::Result<void> set_times(sys::BorrowedHandle at, sys::CStr path, Follow follow,
                                                   const FileTimes& times) noexcept;

}  // namespace weld::native
