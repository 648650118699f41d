// SPDX-License-Identifier: MIT
#include <weld/fs/names.hpp>

#include "../during.hpp"

#include <weld/native/directory.hpp>

namespace weld::fs {

Result<void> create_dir(PathRef path) noexcept {
    return during("create_dir", path, [](sys::CStr c_path) { return native::create_dir(sys::cwd, c_path, 0777); });
}

Result<void> remove_file(PathRef path) noexcept {
    return during("remove_file", path, [](sys::CStr c_path) { return native::remove_file(sys::cwd, c_path); });
}

Result<void> remove_dir(PathRef path) noexcept {
    return during("remove_dir", path, [](sys::CStr c_path) { return native::remove_dir(sys::cwd, c_path); });
}

Result<void> rename(PathRef from, PathRef to) noexcept {
    return during("rename", from, [&](sys::CStr c_from) {
        return with_cstr(to, [&](sys::CStr c_to) { return native::rename(sys::cwd, c_from, sys::cwd, c_to); });
    });
}

}  // namespace weld::fs
