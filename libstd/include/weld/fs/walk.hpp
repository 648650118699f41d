// SPDX-License-Identifier: MIT
//
// Walk: everything below a path, each directory before what it holds, or behind it.
//
//     for (const auto& item : *walk) { … }  // each a Result<WalkEntry>
//
// Every lookup starts from the open directory, so nothing can be swapped in half way up, and no path
// is put together unless asked for. Symbolic links are not followed, but for the root itself, unless
// that is asked for. What cannot be read is an item too, an error, and the walk goes on; `Walk::path`
// says where. At most 32 directories are open at once, fewer where the process may open no more, and one more
// for each link on the way down. One thread at a time.
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

/// One item, borrowed from its Walk until the next.
class WalkEntry {
public:
    /// The last component; for the root the path that was given. A NUL follows its bytes.
    [[nodiscard]] std::string_view name() const noexcept { return native_.name(); }

    /// Zero for the root.
    [[nodiscard]] std::size_t depth() const noexcept { return depth_; }

    /// Of the item itself; where links are followed, of what it leads to, and Symlink if that is nowhere.
    [[nodiscard]] FileType file_type() const noexcept { return native_.file_type; }

    /// Of the same. The root is followed always.
    [[nodiscard]] WELD_API Result<Metadata> metadata() const noexcept;

    /// The whole path, beginning with the root's. Allocates: the result.
    [[nodiscard]] WELD_API std::string path() const;

    /// The directory that `name` is in, for calls that take one.
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
    /// Links to directories are entered, and links are what they lead to. One that leads back to a directory on its own
    /// way is one item, the error FilesystemLoop. One that leads to nothing is an item of its own, a Symlink; one that
    /// cannot be followed otherwise is an error, as what leads to itself or through a directory that may not be
    /// searched.
    bool follow_links = false;

    /// A directory on another file system than the root (another device, as a mount point or a subvolume) is an item,
    /// and is not entered. Without this what is mounted below the root is walked too.
    bool one_file_system = false;

    /// Each directory comes behind what it holds, and behind the error of one that cannot be read.
    bool contents_first = false;

    /// What a directory holds comes in the order of its names, byte by byte. It is read to its end for that.
    bool sorted = false;
};

class Walk {
public:
    WELD_API Walk(Walk&&) noexcept;
    WELD_API Walk& operator=(Walk&&) noexcept;
    WELD_API ~Walk();

    /// The next item, or the error of one that cannot be read; null when all were seen.
    [[nodiscard]] WELD_API const Result<WalkEntry>* next() noexcept;

    /// Whether `next` has an item in memory, and need not ask the system.
    [[nodiscard]] WELD_API bool is_buffered() const noexcept;

    /// Leaves out what the directory of the last item holds. Of no effect after any other item, and with
    /// `contents_first`.
    WELD_API void skip_subtree() noexcept;

    /// The path of the last item, error or not, beginning with the root's. Allocates: the result.
    [[nodiscard]] WELD_API std::string path() const;

    /// Closes one of the directories above the last item, which is found again when its turn comes: for a caller that
    /// has no descriptor left. False when there is none to close.
    WELD_API bool close_above() noexcept;

    [[nodiscard]] EntryIterator<Walk> begin() & { return EntryIterator<Walk>(*this); }
    void begin() && = delete;  // it would lend from a temporary
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    friend WELD_API Entries<Walk> walk(PathRef root, const WalkOptions& options) noexcept;
    struct State;
    explicit Walk(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

/// Begins at `root`, which may be a file. Fails when `root` itself cannot be looked up.
[[nodiscard]] WELD_API Entries<Walk> walk(PathRef root, const WalkOptions& options) noexcept;
[[nodiscard]] WELD_API Entries<Walk> walk(PathRef root) noexcept;

}  // namespace weld::fs
