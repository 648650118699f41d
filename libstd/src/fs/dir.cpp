// SPDX-License-Identifier: MIT
#include <weld/fs/dir.hpp>

#include "at.hpp"
#include "look_up.hpp"

#include <weld/fs/contents.hpp>
#include <weld/sys/try.hpp>

namespace weld::fs {

Result<Dir> Dir::open(PathRef path) noexcept { return Dir(WELD_TRY(at::open_dir(sys::cwd, path))); }

Result<Dir> Dir::open_dir(PathRef path) const noexcept { return Dir(WELD_TRY(at::open_dir(as_handle(), path))); }

Result<File> Dir::open_file(PathRef path) const noexcept { return open_file(path, {.read = true}); }

Result<File> Dir::open_file(PathRef path, const OpenOptions& options) const noexcept {
    return at::open_file(as_handle(), path, options);
}

Result<Metadata> Dir::metadata(PathRef path) const noexcept {
    return at::metadata(as_handle(), path, native::Follow::Yes);
}

Result<Metadata> Dir::symlink_metadata(PathRef path) const noexcept {
    return at::metadata(as_handle(), path, native::Follow::No);
}

Answer<bool> Dir::exists(PathRef path) const noexcept { return at::exists(as_handle(), path); }

Entries<ReadDir> Dir::read_dir(PathRef path) const noexcept { return ReadDir::open(as_handle(), path); }

Result<void> Dir::create_dir(PathRef path, std::uint32_t mode) const noexcept {
    return at::create_dir(as_handle(), path, mode);
}

Result<void> Dir::create_dir_all(PathRef path, std::uint32_t mode) const noexcept {
    return at::create_dir_all(as_handle(), path, mode);
}

Result<void> Dir::remove_file(PathRef path) const noexcept { return at::remove_file(as_handle(), path); }

Result<void> Dir::remove_dir(PathRef path) const noexcept { return at::remove_dir(as_handle(), path); }

Result<void> Dir::remove_dir_all(PathRef path, const RemoveOptions& options) const noexcept {
    return at::remove_dir_all(as_handle(), path, options);
}

Result<void> Dir::rename(PathRef from, const Dir& to_dir, PathRef to) const noexcept {
    return at::rename(as_handle(), from, to_dir.as_handle(), to);
}

Result<std::uint64_t> Dir::copy(PathRef from, const Dir& to_dir, PathRef to,
                                const CopyOptions& options) const noexcept {
    return at::copy(as_handle(), from, to_dir.as_handle(), to, options);
}

Result<void> Dir::hard_link(PathRef from, const Dir& to_dir, PathRef to) const noexcept {
    return at::hard_link(as_handle(), from, to_dir.as_handle(), to);
}

Result<void> Dir::symlink(PathRef target, PathRef path) const noexcept {
    return at::symlink(target, as_handle(), path);
}

Result<std::string> Dir::read_link(PathRef path) const noexcept { return at::read_link(as_handle(), path); }

Result<void> Dir::set_permissions(PathRef path, Permissions permissions) const noexcept {
    return at::set_permissions(as_handle(), path, permissions);
}

Result<void> Dir::set_times(PathRef path, const FileTimes& times) const noexcept {
    return at::set_times(as_handle(), path, native::Follow::Yes, times);
}

Result<void> Dir::set_times_nofollow(PathRef path, const FileTimes& times) const noexcept {
    return at::set_times(as_handle(), path, native::Follow::No, times);
}

Result<std::vector<std::byte>> Dir::read(PathRef path) const noexcept { return fs::read(WELD_TRY(open_file(path))); }

Result<std::string> Dir::read_to_string(PathRef path) const noexcept {
    return fs::read_to_string(WELD_TRY(open_file(path)));
}

Result<void> Dir::write(PathRef path, std::span<const std::byte> contents) const noexcept {
    return at::write_and_close(WELD_TRY(open_file(path, {.write = true, .truncate = true, .create = true})), contents);
}

Result<Metadata> Dir::metadata() const noexcept {
    return look_up([&](native::Metadata& target) { return native::metadata(as_handle(), target); });
}

// Opens another handle, which has a position of its own.
Entries<ReadDir> Dir::entries() const noexcept { return ReadDir::open(as_handle(), "."); }

Result<void> Dir::sync_all() const noexcept { return during("sync_all", native_.sync_all()); }

Result<Dir> Dir::try_clone() const noexcept { return Dir(WELD_TRY(during("try_clone", native_.try_clone()))); }

Result<void> Dir::close() && noexcept { return during("close", std::move(native_).close()); }

}  // namespace weld::fs
