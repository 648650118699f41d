// SPDX-License-Identifier: MIT
#include <weld/fs/names.hpp>

#include "at.hpp"

namespace weld::fs {

Result<void> create_dir(PathRef path, std::uint32_t mode) noexcept { return at::create_dir(sys::cwd, path, mode); }

Result<void> create_dir_all(PathRef path, std::uint32_t mode) noexcept {
    return at::create_dir_all(sys::cwd, path, mode);
}

Result<void> remove_file(PathRef path) noexcept { return at::remove_file(sys::cwd, path); }

Result<void> remove_dir(PathRef path) noexcept { return at::remove_dir(sys::cwd, path); }

Result<void> remove_dir_all(PathRef path, const RemoveOptions& options) noexcept {
    return at::remove_dir_all(sys::cwd, path, options);
}

Result<void> rename(PathRef from, PathRef to) noexcept { return at::rename(sys::cwd, from, sys::cwd, to); }

Result<void> hard_link(PathRef from, PathRef to) noexcept { return at::hard_link(sys::cwd, from, sys::cwd, to); }

Result<void> symlink(PathRef target, PathRef path) noexcept { return at::symlink(target, sys::cwd, path); }

Result<std::string> read_link(PathRef path) noexcept { return at::read_link(sys::cwd, path); }

Answer<bool> exists(PathRef path) noexcept { return at::exists(sys::cwd, path); }

Result<void> set_permissions(PathRef path, Permissions permissions) noexcept {
    return at::set_permissions(sys::cwd, path, permissions);
}

Result<void> set_times(PathRef path, const FileTimes& times) noexcept {
    return at::set_times(sys::cwd, path, native::Follow::Yes, times);
}

Result<void> set_times_nofollow(PathRef path, const FileTimes& times) noexcept {
    return at::set_times(sys::cwd, path, native::Follow::No, times);
}

}  // namespace weld::fs
