// SPDX-License-Identifier: MIT
#include <weld/fs/copy.hpp>

#include "../during.hpp"
#include "copy_steps.hpp"

#include <weld/native/copy.hpp>
#include <weld/sys/try.hpp>

#include <cstdint>

namespace weld::fs {

Result<File> open_source(at::Handle at, PathRef path, native::Follow follow, Metadata& what) noexcept {
    native::File opened = WELD_TRY(
        during("open", path, [&](sys::CStr c_path) { return native::File::open_without_waiting(at, c_path, follow); }));
    File source = File::from_handle(std::move(opened).into_handle());
    what = WELD_TRY(source.metadata());
    if (what.is_dir()) {
        return std::unexpected(Error("copy", sys::Errno::Isdir));
    }
    if (!what.is_file()) {
        return std::unexpected(Error("copy", Fault::InvalidInput));
    }
    return source;
}

Result<std::uint64_t> copy_bytes(const File& source, const Metadata& what, File target, bool is_file) noexcept {
    std::uint64_t count = 0;
    WELD_TRY(during("copy", is_file
                                ? native::copy_whole(source.as_native(), what.as_native(), target.as_native(), count)
                                : native::copy(source.as_native(), target.as_native(), UINT64_MAX, count)));
    WELD_TRY(std::move(target).close());
    return count;
}

Result<void> at::give_permissions(const File& file, Permissions permissions, CopyPermissions how) noexcept {
    constexpr std::uint32_t read_and_write = 0666;
    if (how == CopyPermissions::Ignore) {
        return {};
    }
    return settle(file.set_permissions(permissions), how, permissions, read_and_write, [&] { return file.metadata(); });
}

Result<std::uint64_t> at::copy(Handle from_at, PathRef from, Handle to_at, PathRef to,
                               const CopyOptions& options) noexcept {
    Metadata what;
    const File source = WELD_TRY(open_source(from_at, from, native::Follow::Yes, what));
    const Permissions permissions = permissions_of_copy(what);
    // Not truncated before it is known to be another file than the source.
    const OpenOptions make{.write = true, .create = true, .mode = permissions.mode()};
    File target = WELD_TRY(open_file(to_at, to, make));
    const Metadata there = WELD_TRY(target.metadata());
    if (there.as_native().identity() == what.as_native().identity()) {
        return std::unexpected(Error("copy", Fault::InvalidInput));
    }
    if (there.is_file()) {
        // First, since a target whose permissions this process may not change stays as it is; its old contents are
        // never open to more users than before.
        const Permissions narrow(there.len() == 0 ? permissions.mode()
                                                  : permissions.mode() & there.permissions().mode());
        if (there.permissions() != permissions) {
            WELD_TRY(give_permissions(target, narrow, options.permissions));
        }
        if (there.len() != 0) {
            WELD_TRY(target.set_len(0));
        }
        if (narrow != permissions) {
            WELD_TRY(give_permissions(target, permissions, options.permissions));
        }
    }
    return copy_bytes(source, what, std::move(target), there.is_file());
}

Result<std::uint64_t> copy(PathRef from, PathRef to, const CopyOptions& options) noexcept {
    return at::copy(sys::cwd, from, sys::cwd, to, options);
}

}  // namespace weld::fs
