// SPDX-License-Identifier: MIT
#include <weld/fs/temp.hpp>

#include "at.hpp"
#include "unique.hpp"

namespace weld::fs {

namespace {

constexpr std::string_view prefix = ".tmp-";

/// Calls `make(name)`, which returns a Result, with a unique name in `parent`, and fills `at`.
template <class Make>
auto make_in(const char* operation, PathRef parent, TempName& at, Make make) -> decltype(make(std::string())) {
    at.parent = WELD_TRY(Dir::open(parent));
    at.path.reserve(parent.view().size() + 1 + prefix.size() + unique_size);  // nothing throws once it is created
    auto made = with_unique_name(operation, prefix, at.name, make);
    if (made) {
        at.path = parent.view();
        at.path.append(at.path.ends_with('/') ? "" : "/").append(at.name);
    }
    return made;
}

}  // namespace

Result<TempDir> TempDir::create(PathRef parent) noexcept {
    return within_memory("create_temp_dir", [&]() -> Result<TempDir> {
        TempName at;
        WELD_TRY(make_in("create_temp_dir", parent, at, [&](const std::string& name) {
            return at::create_own_dir(at.parent->as_handle(), name, 0700);
        }));
        return TempDir(std::move(at));
    });
}

TempDir::~TempDir() {
    if (at_.parent) {
        (void)at_.parent->remove_dir_all(at_.name);
    }
}

Result<void> TempDir::close() && noexcept {
    const TempName at = std::exchange(at_, {});
    return at.parent ? at.parent->remove_dir_all(at.name) : Result<void>();
}

Result<TempFile> TempFile::create(PathRef parent) noexcept { return create_for(parent, 0600); }

Result<TempFile> TempFile::create_for(PathRef parent, std::uint32_t mode) noexcept {
    return within_memory("create_temp_file", [&]() -> Result<TempFile> {
        TempName at;
        File file = WELD_TRY(make_in("create_temp_file", parent, at, [&](const std::string& name) {
            return at.parent->open_file(name, {.read = true, .write = true, .create_new = true, .mode = mode});
        }));
        return TempFile(std::move(at), std::move(file));
    });
}

// The file is closed first: some file systems rename a file that is removed while open (NFS), or refuse to remove it
// (FUSE).

TempFile::~TempFile() {
    {
        const File closed = std::move(file_);
    }
    if (at_.parent) {
        (void)at_.parent->remove_file(at_.name);
    }
}

Result<void> TempFile::close() && noexcept {
    const TempName at = std::exchange(at_, {});
    const auto closed = std::move(file_).close();
    const auto removed = at.parent ? at.parent->remove_file(at.name) : Result<void>();
    return removed ? closed : removed;
}

Result<File> TempFile::persist(PathRef to) && noexcept {
    WELD_TRY(at::rename(parent().as_handle(), at_.name, sys::cwd, to));
    return std::move(*this).keep();
}

Result<File> TempFile::persist_in(const Dir& dir, PathRef to) && noexcept {
    WELD_TRY(parent().rename(at_.name, dir, to));
    return std::move(*this).keep();
}

Result<File> unnamed_file(PathRef parent) noexcept {
    auto opened = during("unnamed_file", parent,
                         [](sys::CStr c_parent) { return native::File::open_unnamed(sys::cwd, c_parent, 0600); });
    if (opened) {
        return File::from_handle(std::move(*opened).into_handle());
    }
    if (opened.error() != Kind::Unsupported && opened.error() != Kind::IsADirectory) {
        return std::unexpected(opened.error());
    }
    const TempFile named = WELD_TRY(TempFile::create(parent));
    return named.file().try_clone();
}

}  // namespace weld::fs
