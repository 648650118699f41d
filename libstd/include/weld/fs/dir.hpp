// SPDX-License-Identifier: MIT
//
// Dir: an open directory, and the functions of `weld::fs` relative to it.
//
// A relative path is resolved from the open directory, wherever that was moved and whatever is at its old path now. An
// absolute path ignores the directory, and ".." leaves it: this is not a sandbox. Members are const and any thread may
// call them. The descriptor is close-on-exec: no child process inherits it.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/fs/contents.hpp>
#include <weld/fs/copy.hpp>
#include <weld/fs/file.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/fs/names.hpp>
#include <weld/fs/read_dir.hpp>
#include <weld/native/directory.hpp>
#include <weld/path.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weld::fs {

class Dir {
public:
    /// Opens the directory `path`. NotADirectory for anything else. Search permission is enough. Without read
    /// permission `entries` fails, and the handle cannot be read from (open(2), O_PATH); all other members work.
    [[nodiscard]] static WELD_API Result<Dir> open(PathRef path) noexcept;

    // These do what the functions and members of the same names in `weld::fs` do.

    [[nodiscard]] WELD_API Result<Dir> open_dir(PathRef path) const noexcept;
    [[nodiscard]] WELD_API Result<File> open_file(PathRef path) const noexcept;
    [[nodiscard]] WELD_API Result<File> open_file(PathRef path, const OpenOptions& options) const noexcept;

    [[nodiscard]] WELD_API Result<Metadata> metadata(PathRef path) const noexcept;
    [[nodiscard]] WELD_API Result<Metadata> symlink_metadata(PathRef path) const noexcept;
    [[nodiscard]] WELD_API Answer<bool> exists(PathRef path) const noexcept;

    /// As `entries`, for the directory `path`.
    [[nodiscard]] WELD_API Entries<ReadDir> read_dir(PathRef path) const noexcept;

    [[nodiscard]] WELD_API Result<void> create_dir(PathRef path, std::uint32_t mode = 0777) const noexcept;
    [[nodiscard]] WELD_API Result<void> create_dir_all(PathRef path, std::uint32_t mode = 0777) const noexcept;
    [[nodiscard]] WELD_API Result<void> remove_file(PathRef path) const noexcept;
    [[nodiscard]] WELD_API Result<void> remove_dir(PathRef path) const noexcept;

    [[nodiscard]] WELD_API Result<void> remove_dir_all(PathRef path, const RemoveOptions& options = {}) const noexcept;

    /// Renames `from`, in this directory, to `to` in `to_dir`, which may be the same directory.
    [[nodiscard]] WELD_API Result<void> rename(PathRef from, const Dir& to_dir, PathRef to) const noexcept;
    [[nodiscard]] WELD_API Result<std::uint64_t> copy(PathRef from, const Dir& to_dir, PathRef to,
                                                      const CopyOptions& options = {}) const noexcept;
    [[nodiscard]] WELD_API Result<void> hard_link(PathRef from, const Dir& to_dir, PathRef to) const noexcept;

    [[nodiscard]] WELD_API Result<void> symlink(PathRef target, PathRef path) const noexcept;
    [[nodiscard]] WELD_API Result<std::string> read_link(PathRef path) const noexcept;
    [[nodiscard]] WELD_API Result<void> set_permissions(PathRef path, Permissions permissions) const noexcept;
    [[nodiscard]] WELD_API Result<void> set_times(PathRef path, const FileTimes& times) const noexcept;
    [[nodiscard]] WELD_API Result<void> set_times_nofollow(PathRef path, const FileTimes& times) const noexcept;

    [[nodiscard]] WELD_API Result<std::vector<std::byte>> read(PathRef path) const noexcept;
    [[nodiscard]] WELD_API Result<std::string> read_to_string(PathRef path) const noexcept;
    [[nodiscard]] WELD_API Result<void> write(PathRef path, std::span<const std::byte> contents) const noexcept;
    [[nodiscard]] Result<void> write(PathRef path, std::string_view contents) const noexcept {
        return write(path, std::as_bytes(std::span(contents)));
    }
    template <std::size_t size>
    [[nodiscard]] Result<void> write(PathRef path, const char (&literal)[size]) const noexcept {
        return write(path, literal_text(literal));
    }
    template <std::size_t size>
    [[nodiscard]] Result<void> write(PathRef path, char (&buffer)[size]) const noexcept = delete;

    // These concern the directory itself.

    [[nodiscard]] WELD_API Result<Metadata> metadata() const noexcept;

    /// Reads its entries from the first one, independently of other readers. `path()` of an entry begins with the
    /// absolute path that the directory has when `path()` is called. Allocates: one block.
    [[nodiscard]] WELD_API Entries<ReadDir> entries() const noexcept;

    /// Returns when the names in the directory are on the device. fsync(2).
    [[nodiscard]] WELD_API Result<void> sync_all() const noexcept;

    [[nodiscard]] WELD_API Result<Dir> try_clone() const noexcept;
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    /// Conversions to and from the layer below.
    [[nodiscard]] const native::Directory& as_native() const noexcept { return native_; }
    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return native_.as_handle(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(native_).into_handle(); }
    [[nodiscard]] static Dir from_handle(sys::OwnedHandle handle) noexcept {
        return Dir(native::Directory::from_handle(std::move(handle)));
    }

private:
    explicit Dir(native::Directory native) noexcept : native_(std::move(native)) {}

    native::Directory native_;
};

}  // namespace weld::fs
