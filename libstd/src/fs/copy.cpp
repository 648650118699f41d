// SPDX-License-Identifier: MIT
#include <weld/fs/copy.hpp>

#include "../during.hpp"
#include "at.hpp"
#include "descent.hpp"

#include <weld/fs/dir.hpp>
#include <weld/fs/walk.hpp>
#include <weld/native/copy.hpp>
#include <weld/sys/try.hpp>

#include <string>
#include <vector>

namespace weld::fs {

namespace {

/// Who gets a copy is not who had the file, and gets no set-id bits of his.
Permissions permissions_of_copy(const Metadata& metadata) noexcept {
    return Permissions(metadata.permissions().mode() & 0777U);
}

/// What is copied, from the start, and what is known of it.
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

Result<std::uint64_t> copy_bytes(const File& source, File target) noexcept {
    std::uint64_t count = 0;
    WELD_TRY(during("copy", native::copy(source.as_native(), target.as_native(), UINT64_MAX, count)));
    WELD_TRY(std::move(target).close());
    return count;
}

}  // namespace

Result<std::uint64_t> at::copy(Handle from_at, PathRef from, Handle to_at, PathRef to) noexcept {
    Metadata what;
    const File source = WELD_TRY(open_source(from_at, from, native::Follow::Yes, what));
    const Permissions permissions = permissions_of_copy(what);
    // Not emptied before it is known to be another file.
    const OpenOptions make{.write = true, .create = true, .mode = permissions.mode()};
    File target = WELD_TRY(open_file(to_at, to, make));
    const Metadata there = WELD_TRY(target.metadata());
    if (there.as_native().identity() == what.as_native().identity()) {
        return std::unexpected(Error("copy", Fault::InvalidInput));
    }
    if (there.is_file()) {
        // First, since a target whose permissions are not ours to change stays as it is; what it holds is never open to
        // more than it was.
        const Permissions narrow(there.len() == 0 ? permissions.mode()
                                                  : permissions.mode() & there.permissions().mode());
        if (there.permissions() != permissions) {
            WELD_TRY(target.set_permissions(narrow));
        }
        if (there.len() != 0) {
            WELD_TRY(target.set_len(0));
        }
        if (narrow != permissions) {
            WELD_TRY(target.set_permissions(permissions));
        }
    }
    return copy_bytes(source, std::move(target));
}

Result<std::uint64_t> copy(PathRef from, PathRef to) noexcept { return at::copy(sys::cwd, from, sys::cwd, to); }

namespace {

/// The directory that `path` would be in.
std::string parent_of(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) {
        path.remove_suffix(1);
    }
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? "." : std::string(path.substr(0, slash + 1));
}

/// Whether `path`, in which nothing is yet, would be in the directory `outer` or one that is in it.
Result<bool> would_be_inside(PathRef path, const Metadata& outer) {
    native::Directory directory = WELD_TRY(at::open_dir(sys::cwd, parent_of(path.view())));
    for (native::FileIdentity before{};;) {
        native::Metadata metadata;
        WELD_TRY(during("metadata", native::metadata(directory.as_handle(), metadata)));
        if (metadata.identity() == outer.as_native().identity()) {
            return true;
        }
        if (metadata.identity() == before) {
            return false;  // the root is its own parent
        }
        before = metadata.identity();
        directory = WELD_TRY(at::open_dir(directory.as_handle(), ".."));
    }
}

class TreeCopy {
public:
    Result<void> copy(PathRef from, PathRef to);

private:
    Result<void> make(const WalkEntry& entry, const std::string& name);
    Result<void> make_file(const WalkEntry& entry, const std::string& name);
    Result<void> leave();

    Descent target_{sys::cwd};
    Metadata root_;                         // of what is made
    std::vector<Permissions> permissions_;  // of the directories on the way, which they have when they are full
};

Result<void> TreeCopy::make(const WalkEntry& entry, const std::string& name) {
    switch (entry.file_type()) {
        case FileType::Directory: {
            const Metadata what = WELD_TRY(entry.metadata());
            if (target_.depth() != 0 && what.is_same_file(root_)) {
                return std::unexpected(Error("copy_tree", Fault::InvalidInput));  // by another way than ".."
            }
            make_room(permissions_);
            WELD_TRY(at::create_dir(target_.directory(), name, 0700));
            WELD_TRY(target_.enter(sys::CStr(name.c_str()), native::Follow::No));
            permissions_.push_back(what.permissions());
            if (target_.depth() == 1) {
                WELD_TRY(during("metadata", native::metadata(target_.directory(), root_.as_native())));
            }
            return {};
        }
        case FileType::Symlink: {
            const std::string said = WELD_TRY(at::read_link(entry.directory(), entry.name()));
            return at::symlink(said, target_.directory(), name);
        }
        case FileType::File: return make_file(entry, name);
        default: return std::unexpected(Error("copy_tree", Fault::InvalidInput));
    }
}

/// A link that was put in the place of the file since it was read is not followed, and nothing is written to but what
/// is made here.
Result<void> TreeCopy::make_file(const WalkEntry& entry, const std::string& name) {
    Metadata what;
    const File source = WELD_TRY(open_source(entry.directory(), entry.name(), native::Follow::No, what));
    const Permissions permissions = permissions_of_copy(what);
    File target = WELD_TRY(
        at::open_file(target_.directory(), name, {.write = true, .create_new = true, .mode = permissions.mode()}));
    WELD_TRY(target.set_permissions(permissions));
    (void)WELD_TRY(copy_bytes(source, std::move(target)));
    return {};
}

Result<void> TreeCopy::leave() {
    WELD_TRY(at::set_permissions(target_.directory(), ".", permissions_.back()));
    permissions_.pop_back();
    return target_.leave();
}

Result<void> TreeCopy::copy(PathRef from, PathRef to) {
    const Metadata root = WELD_TRY(metadata(from));
    if (!root.is_dir()) {
        return std::unexpected(Error("copy_tree", sys::Errno::Notdir));
    }
    if (WELD_TRY(would_be_inside(to, root))) {
        return std::unexpected(Error("copy_tree", Fault::InvalidInput));
    }
    Walk items = WELD_TRY(walk(from));
    while (const Result<WalkEntry>* item = items.next()) {
        if (!*item) {
            return std::unexpected(item->error());
        }
        const WalkEntry& entry = **item;
        while (target_.depth() > entry.depth()) {
            WELD_TRY(leave());
        }
        WELD_TRY(make(entry, std::string(entry.depth() == 0 ? to.view() : entry.name())));
    }
    while (target_.depth() > 0) {
        WELD_TRY(leave());
    }
    return {};
}

}  // namespace

Result<void> copy_tree(PathRef from, PathRef to) noexcept {
    return within_memory("copy_tree", [&] { return TreeCopy().copy(from, to); });
}

}  // namespace weld::fs
