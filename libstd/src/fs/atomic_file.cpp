// SPDX-License-Identifier: MIT
#include <weld/fs/atomic_file.hpp>

#include "../during.hpp"
#include "at.hpp"

#include <weld/io.hpp>
#include <weld/sys/try.hpp>

namespace weld::fs {

namespace {

constexpr const char* sync_parent = "sync_parent";

/// Whether the error means that the directory cannot be synced here, or not by this process.
bool is_no_sync(const Error& error) noexcept {
    const Kind kind = error.kind();
    return kind == Kind::InvalidInput || kind == Kind::Unsupported || kind == Kind::PermissionDenied;
}

}  // namespace

Result<AtomicFile> AtomicFile::create(PathRef target) noexcept {
    return within_memory("create_atomic", [&]() -> Result<AtomicFile> {
        const std::string_view path = target.view();
        const std::size_t slash = path.rfind('/');
        std::string name(path.substr(slash + 1));  // the whole path if it has no slash
        if (name.empty() || name == "." || name == "..") {
            return std::unexpected(Error("create_atomic", Fault::InvalidInput));
        }
        const std::string parent(slash == std::string_view::npos ? "." : path.substr(0, slash + 1));
        const auto there = metadata(target);
        if (!there && there.error() != Kind::NotFound) {
            return std::unexpected(there.error());
        }
        if (there && !there->is_file()) {
            return std::unexpected(there->is_dir() ? Error("create_atomic", sys::Errno::Isdir)
                                                   : Error("create_atomic", Fault::InvalidInput));
        }
        // It is open to its owner only until it has the permissions of the target, so that nobody opens it before.
        TempFile temp = WELD_TRY(TempFile::create_for(parent, there ? 0600 : 0666));
        if (there) {
            const Permissions permissions(there->permissions().mode() & 0777U);
            WELD_TRY(at::give_permissions(temp.file(), permissions, CopyPermissions::Keep));
        }
        return AtomicFile(std::move(temp), std::move(name));
    });
}

// It is closed before it is renamed: an error of close says that the data was lost, and some file systems do not rename
// an open file, or upload it when it is closed.
Result<void> AtomicFile::commit() && noexcept {
    WELD_TRY(file().sync_all());
    WELD_TRY(std::move(temp_.file_).close());
    WELD_TRY(temp_.parent().rename(temp_.at_.name, temp_.parent(), name_));
    const auto synced = during(sync_parent, temp_.parent().as_native().sync_all());
    temp_.at_ = {};
    return synced || is_no_sync(synced.error()) ? Result<void>() : synced;
}

bool AtomicFile::is_replaced(const Error& error) noexcept { return std::string_view(error.operation()) == sync_parent; }

Result<void> write_atomic(PathRef path, std::span<const std::byte> contents) noexcept {
    AtomicFile file = WELD_TRY(AtomicFile::create(path));
    WELD_TRY(write_all(file, contents));
    return std::move(file).commit();
}

}  // namespace weld::fs
