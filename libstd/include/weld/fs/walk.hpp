// SPDX-License-Identifier: MIT
//
// Walk: everything below a path, each directory before its contents, or after them.
//
//     for (const auto& item : *walk) { … }  // each a Result<WalkEntry>
//
// Every lookup starts from an open directory, so no race can replace a component of the path on the way, and no path is
// built unless it is asked for. Symbolic links are not followed, except the root itself, unless `follow_links` is set.
// A directory or entry that cannot be read is an item too, an error, and the walk continues; `Walk::path` says where it
// is. At most 32 directories are open at once, fewer where the process may open no more, and one more for each symbolic
// link on the way down. One thread at a time may use it.
#pragma once

#include <weld/error.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/fs/read_dir.hpp>
#include <weld/path.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace weld::fs {

/// One item, borrowed from its Walk until the next one is requested.
class WalkEntry {
public:
    /// The last component of the path; for the root, the path that was given. A NUL follows its bytes.
    [[nodiscard]] std::string_view name() const noexcept { return native_.name(); }

    /// Zero for the root.
    [[nodiscard]] std::size_t depth() const noexcept { return depth_; }

    /// The type of the item itself. Where links are followed, the type of the link's target, and Symlink if there is
    /// none.
    [[nodiscard]] FileType file_type() const noexcept { return native_.file_type; }

    /// The metadata of the same. The root is always followed.
    [[nodiscard]] WELD_API Result<Metadata> metadata() const noexcept;

    /// The whole path, which begins with the root's. Allocates: the result.
    [[nodiscard]] WELD_API std::string path() const;

    /// The open directory that holds `name`, for calls that take one.
    [[nodiscard]] sys::BorrowedHandle directory() const noexcept { return directory_; }

    [[nodiscard]] const native::DirectoryEntry& as_native() const noexcept { return native_; }

private:
    friend class Walk;
    WalkEntry(const native::DirectoryEntry& entry, sys::BorrowedHandle directory, std::string_view directory_path,
              std::size_t depth, native::Follow follow) noexcept
        : native_(entry), directory_(directory), directory_path_(directory_path), depth_(depth), follow_(follow) {}

    native::DirectoryEntry native_;
    sys::BorrowedHandle directory_;
    std::string_view directory_path_;  // with the slash behind it
    std::size_t depth_;
    native::Follow follow_;
};

struct WalkOptions {
    /// Symbolic links to directories are entered, and an item for a link describes its target. A link that leads back
    /// to a directory above it is one item, the error FilesystemLoop. A link whose target does not exist is an item, of
    /// type Symlink. A link that cannot be followed for another reason is an error, as one that leads to itself or
    /// through a directory that may not be searched.
    bool follow_links = false;

    /// A directory on another file system than the root (another device, as a mount point or a subvolume) is an item
    /// and is not entered. Without this option, file systems mounted below the root are walked too.
    bool one_file_system = false;

    /// Each directory comes after its contents, and after the error if it cannot be read.
    bool contents_first = false;

    /// The entries of each directory are sorted by name, byte by byte. For that the directory is read to its end first.
    bool sorted = false;
};

class Walk {
public:
    WELD_API Walk(Walk&&) noexcept;
    WELD_API Walk& operator=(Walk&&) noexcept;
    WELD_API ~Walk();

    /// The next item, or the error of one that cannot be read; null when there is no more.
    [[nodiscard]] WELD_API const Result<WalkEntry>* next() noexcept;

    /// Whether `next` has an item in memory and makes no system call.
    [[nodiscard]] WELD_API bool is_buffered() const noexcept;

    /// Skips the contents of the directory that was the last item. It has no effect after another item, and none with
    /// `contents_first`.
    WELD_API void skip_subtree() noexcept;

    /// The path of the last item, error or not, which begins with the root's. Allocates: the result.
    [[nodiscard]] WELD_API std::string path() const;

    /// Closes one of the open directories above the last item, for a caller that has no descriptor left. The walk opens
    /// it again when it needs it. False when there is none to close.
    WELD_API bool close_above() noexcept;

    [[nodiscard]] EntryIterator<Walk> begin() & { return EntryIterator<Walk>(*this); }
    void begin() && = delete;  // it would dangle: items are borrowed from *this
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    friend WELD_API Entries<Walk> walk(PathRef root, const WalkOptions& options) noexcept;
    struct State;
    explicit Walk(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

/// Begins a walk at `root`, which may be a file. Fails when `root` itself cannot be looked up.
[[nodiscard]] WELD_API Entries<Walk> walk(PathRef root, const WalkOptions& options) noexcept;
[[nodiscard]] WELD_API Entries<Walk> walk(PathRef root) noexcept;

}  // namespace weld::fs
