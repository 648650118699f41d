// SPDX-License-Identifier: MIT
#include <weld/fs/atomic_file.hpp>

#include "../during.hpp"

#include <weld/io.hpp>
#include <weld/sys/try.hpp>

namespace weld::fs {

Result<AtomicFile> AtomicFile::create(PathRef target) noexcept {
    return within_memory("create_atomic", [&]() -> Result<AtomicFile> {
        const std::string_view path = target.view();
        const std::size_t slash = path.rfind('/');
        std::string name(path.substr(slash + 1));  // all of it without one
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
        // Its owner's alone until it has the permissions of what is there, so that nobody opens it before.
        TempFile temp = WELD_TRY(TempFile::create_for(parent, there ? 0600 : 0666));
        if (there) {
            WELD_TRY(temp.file().set_permissions(Permissions(there->permissions().mode() & 0777U)));
        }
        return AtomicFile(std::move(temp), std::move(name));
    });
}

Result<void> AtomicFile::commit() && noexcept {
    WELD_TRY(file().sync_all());
    const Dir parent = WELD_TRY(temp_.parent().try_clone());
    File file = WELD_TRY(std::move(temp_).persist_in(parent, name_));
    WELD_TRY(std::move(file).close());
    return parent.sync_all();
}

Result<void> write_atomic(PathRef path, std::span<const std::byte> contents) noexcept {
    AtomicFile file = WELD_TRY(AtomicFile::create(path));
    WELD_TRY(write_all(file, contents));
    return std::move(file).commit();
}

}  // namespace weld::fs
