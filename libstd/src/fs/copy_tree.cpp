// SPDX-License-Identifier: MIT
//
// copy_tree: a walk of the source and a descent in the target in step with it, so that nothing is looked up by a path.
#include "../during.hpp"
#include "copy_steps.hpp"
#include "descent.hpp"

#include <weld/fs/walk.hpp>
#include <weld/sys/try.hpp>

#include <string>
#include <vector>

namespace weld::fs {

namespace {

/// The path of the directory that would hold `path`.
std::string parent_of(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) {
        path.remove_suffix(1);
    }
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? "." : std::string(path.substr(0, slash + 1));
}

/// Whether `path`, which does not exist yet, would be inside the directory `outer`, at any depth. The search ends at a
/// directory on the way up that may not be searched: no walk comes down through it.
Result<bool> would_be_inside(PathRef path, const Metadata& outer) {
    const auto open = [](at::Handle at, PathRef name) {
        return during("open", name, [&](sys::CStr c_name) {
            return native::Directory::open_to_search(at, c_name, native::Follow::Yes);
        });
    };
    native::Directory directory = WELD_TRY(open(sys::cwd, parent_of(path.view())));
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
        auto above = open(directory.as_handle(), "..");
        if (!above && above.error() == Kind::PermissionDenied) {
            return false;
        }
        directory = WELD_TRY(std::move(above));
    }
}

class TreeCopy {
public:
    TreeCopy(Walk items, const CopyOptions& options) : items_(std::move(items)), options_(options) {}

    Result<void> copy_to(PathRef to);

private:
    Result<void> make(const WalkEntry& entry, const std::string& name);
    Result<void> make_directory(const WalkEntry& entry, const std::string& name);
    Result<void> make_file(const WalkEntry& entry, const std::string& name);
    Result<void> leave();

    template <class Open>
    auto with_descriptors(Open open) -> decltype(open());

    Walk items_;
    CopyOptions options_;
    Descent target_{sys::cwd};
    Metadata root_;                         // of the target's root
    std::vector<Permissions> permissions_;  // of the open directories, set when they are full
};

/// Retries `open()`, a Result, while the process has no file descriptor left, each time with one open directory less.
template <class Open>
auto TreeCopy::with_descriptors(Open open) -> decltype(open()) {
    for (;;) {
        auto opened = open();
        if (opened || opened.error() != Kind::TooManyOpenFiles) {
            return opened;
        }
        if (!items_.close_above()) {
            if (const bool closed = WELD_TRY(target_.close_above()); !closed) {
                return opened;
            }
        }
    }
}

Result<void> TreeCopy::make(const WalkEntry& entry, const std::string& name) {
    switch (entry.file_type()) {
        case FileType::Directory: return make_directory(entry, name);
        case FileType::Symlink: {
            const std::string said = WELD_TRY(at::read_link(entry.directory(), entry.name()));
            return at::symlink(said, target_.directory(), name);
        }
        case FileType::File: return make_file(entry, name);
        default: return std::unexpected(Error("copy_tree", Fault::InvalidInput));
    }
}

/// Creates a directory for the owner alone until it is full, unless `options_` ignore permissions.
Result<void> TreeCopy::make_directory(const WalkEntry& entry, const std::string& name) {
    const Metadata what = WELD_TRY(entry.metadata());
    if (target_.depth() != 0 && what.is_same_file(root_)) {
        return std::unexpected(Error("copy_tree", Fault::InvalidInput));  // the target, by another way than ".."
    }
    make_room(permissions_);
    const bool ignores = options_.permissions == CopyPermissions::Ignore;
    WELD_TRY(at::create_own_dir(target_.directory(), name, ignores ? what.permissions().mode() : 0));
    WELD_TRY(with_descriptors([&] { return target_.enter(sys::CStr(name.c_str()), native::Follow::No); }));
    permissions_.push_back(what.permissions());
    if (target_.depth() == 1) {
        WELD_TRY(during("metadata", native::metadata(target_.directory(), root_.as_native())));
    }
    return {};
}

/// A symbolic link that replaced the file since it was read is not followed, and only files that are created here are
/// written to.
Result<void> TreeCopy::make_file(const WalkEntry& entry, const std::string& name) {
    Metadata what;
    const File source = WELD_TRY(
        with_descriptors([&] { return open_source(entry.directory(), entry.name(), native::Follow::No, what); }));
    const Permissions permissions = permissions_of_copy(what);
    const OpenOptions make{.write = true, .create_new = true, .mode = permissions.mode()};
    File target = WELD_TRY(with_descriptors([&] { return at::open_file(target_.directory(), name, make); }));
    WELD_TRY(at::give_permissions(target, permissions, options_.permissions));
    (void)WELD_TRY(copy_bytes(source, what, std::move(target), true));
    return {};
}

Result<void> TreeCopy::leave() {
    constexpr std::uint32_t all = 0777;
    const Permissions permissions = permissions_.back();
    if (options_.permissions != CopyPermissions::Ignore) {
        WELD_TRY(settle(at::set_permissions(target_.directory(), ".", permissions), options_.permissions, permissions,
                        all, [&] { return at::metadata(target_.directory(), ".", native::Follow::No); }));
    }
    permissions_.pop_back();
    return target_.leave();
}

Result<void> TreeCopy::copy_to(PathRef to) {
    while (const Result<WalkEntry>* item = items_.next()) {
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

Result<void> copy_directory(PathRef from, PathRef to, const CopyOptions& options) {
    const Metadata root = WELD_TRY(metadata(from));
    if (!root.is_dir()) {
        return std::unexpected(Error("copy_tree", sys::Errno::Notdir));
    }
    if (WELD_TRY(would_be_inside(to, root))) {
        return std::unexpected(Error("copy_tree", Fault::InvalidInput));
    }
    return TreeCopy(WELD_TRY(walk(from, {.one_file_system = options.one_file_system})), options).copy_to(to);
}

}  // namespace

Result<void> copy_tree(PathRef from, PathRef to, const CopyOptions& options) noexcept {
    return within_memory("copy_tree", [&] { return copy_directory(from, to, options); });
}

}  // namespace weld::fs
