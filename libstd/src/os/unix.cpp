// SPDX-License-Identifier: MIT
#include <weld/os/unix.hpp>

#include "../during.hpp"
#include "../fs/file_times.hpp"

#include <weld/sys/posix/environ.hpp>
#include <weld/sys/posix/fs.hpp>

namespace weld::os {

namespace {

using Id = std::optional<std::uint32_t>;

Result<void> chown_at(const char* operation, PathRef path, Id uid, Id gid, sys::AtFlags flags) noexcept {
    return during(operation, path, [&](sys::CStr c_path) {
        return sys::fchownat(sys::cwd, c_path, uid.value_or(sys::same_id), gid.value_or(sys::same_id), flags);
    });
}

}  // namespace

Result<void> chown(PathRef path, Id uid, Id gid) noexcept {
    return chown_at("chown", path, uid, gid, sys::AtFlags::None);
}

Result<void> lchown(PathRef path, Id uid, Id gid) noexcept {
    return chown_at("lchown", path, uid, gid, sys::AtFlags::SymlinkNoFollow);
}

Result<void> fchown(const fs::File& file, Id uid, Id gid) noexcept {
    return during("fchown", sys::fchown(file.as_handle(), uid.value_or(sys::same_id), gid.value_or(sys::same_id)));
}

time::SystemTime changed(const fs::Metadata& metadata) noexcept {
    const auto& time = metadata.as_native().record().statx.ctime;
    return fs::to_system_time({time.seconds, time.nanoseconds});
}

Result<void> chroot(PathRef path) noexcept {
    return during("chroot", path, [](sys::CStr c_path) { return sys::chroot(c_path); });
}

}  // namespace weld::os
