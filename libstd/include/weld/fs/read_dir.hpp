// SPDX-License-Identifier: MIT
//
// ReadDir: the entries of one directory.
//
//     for (const auto& entry : *entries) { … }  // each a Result<DirEntry>
//
// Entries come in the order of the file system, without "." and "..". They are read one buffer at a time and need no
// allocation each: an entry is valid until the next one is requested. An error ends the iteration. One thread at a time
// may use it.
#pragma once

#include <weld/error.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/iteration.hpp>
#include <weld/native/directory.hpp>
#include <weld/path.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weld::fs {

/// One entry, borrowed from its ReadDir until the next one is requested.
class DirEntry {
public:
    /// The last component of the path; a NUL follows its bytes.
    [[nodiscard]] std::string_view name() const noexcept { return native_.name(); }

    /// The type, from the directory entry without a system call where the file system stores it there; else from
    /// `metadata`.
    [[nodiscard]] WELD_API Result<FileType> file_type() const noexcept;

    /// The metadata of the entry itself: a symbolic link is not followed. It is looked up from the open directory.
    [[nodiscard]] WELD_API Result<Metadata> metadata() const noexcept;

    /// The path by which the directory was opened, then the name. For a directory opened from a `Dir` by a relative
    /// path: its current absolute path, then the name. Empty, which is no path, if the system has no path for it.
    [[nodiscard]] WELD_API std::string path() const;

    [[nodiscard]] const native::DirectoryEntry& as_native() const noexcept { return native_; }

private:
    friend class ReadDir;
    DirEntry(const native::DirectoryEntry& entry, sys::BorrowedHandle directory,
             std::string_view directory_path) noexcept
        : native_(entry), directory_(directory), directory_path_(directory_path) {}

    native::DirectoryEntry native_;
    sys::BorrowedHandle directory_;
    std::string_view directory_path_;  // empty where only the handle identifies it
};

class ReadDir {
public:
    WELD_API ReadDir(ReadDir&&) noexcept;
    WELD_API ReadDir& operator=(ReadDir&&) noexcept;
    WELD_API ~ReadDir();

    /// The next entry, or the error that ends the iteration; null when there is no more.
    [[nodiscard]] WELD_API const Result<DirEntry>* next() noexcept;

    /// Whether `next` has an entry in memory and makes no system call.
    [[nodiscard]] WELD_API bool is_buffered() const noexcept;

    [[nodiscard]] EntryIterator<ReadDir> begin() & { return EntryIterator<ReadDir>(*this); }
    void begin() && = delete;  // it would dangle: entries are borrowed from *this
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    [[nodiscard]] WELD_API sys::BorrowedHandle as_handle() const noexcept;

private:
    friend class Dir;
    friend WELD_API Entries<ReadDir> read_dir(PathRef path) noexcept;
    [[nodiscard]] static Entries<ReadDir> open(sys::BorrowedHandle at, PathRef path) noexcept;

    struct State;
    explicit ReadDir(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

/// Opens the directory `path` to read its entries. Allocates: one block, whatever the directory holds.
[[nodiscard]] WELD_API Entries<ReadDir> read_dir(PathRef path) noexcept;

}  // namespace weld::fs
