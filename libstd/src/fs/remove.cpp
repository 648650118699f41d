// SPDX-License-Identifier: MIT
//
// remove_dir_all: each name is removed relative to its open directory. A directory is entered from its own parent and
// never through a symbolic link, so nothing that replaces it meanwhile leads elsewhere.
#include "../during.hpp"
#include "at.hpp"
#include "descent.hpp"

#include <weld/sys/try.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weld::fs {

namespace {

using sys::Errno;

/// How often a directory is read to which others add entries while it is emptied.
constexpr int most_passes = 16;

bool is_no_directory(Errno error) noexcept { return error == Errno::Notdir || error == Errno::Loop; }

class Removal {
public:
    Removal(sys::BorrowedHandle root, const RemoveOptions& options) noexcept : tree_(root), options_(options) {}

    Result<void> remove(sys::CStr path);

private:
    struct Entered {
        std::size_t name_begin;  // in `names_`
        int passes;
    };

    Result<bool> enter(sys::CStr name);
    Result<void> check_device();
    Result<bool> remove_unread(sys::CStr name, const Error& why) noexcept;
    Result<void> remove_entry(const native::DirectoryEntry& entry);
    Result<void> leave();

    Descent tree_;
    RemoveOptions options_;
    std::uint64_t device_ = 0;  // of the root, if it counts
    std::string names_;         // of the entered directories, each ended by a NUL
    std::vector<Entered> entered_;
};

/// With `one_file_system`, ends the removal where another file system begins, before anything is removed there.
Result<void> Removal::check_device() {
    if (!options_.one_file_system) {
        return {};
    }
    native::Metadata entered;
    WELD_TRY(during("metadata", native::metadata(tree_.directory(), entered)));
    if (tree_.depth() == 1) {
        device_ = entered.identity().device;
    }
    return entered.identity().device == device_ ? Result<void>()
                                                : std::unexpected(Error("remove_dir_all", sys::Errno::Xdev));
}

/// Removes a directory that cannot be read; the system only requires that it is empty. Returns whether it did; else the
/// error `why`.
Result<bool> Removal::remove_unread(sys::CStr name, const Error& why) noexcept {
    if (why == Kind::NotFound || !native::remove_dir(tree_.directory(), name)) {
        return std::unexpected(why);
    }
    return true;
}

/// Whether `name` is a directory and was entered or removed; false when it is something else. One that was gone before
/// is neither, and is an error.
Result<bool> Removal::enter(sys::CStr name) {
    const std::string_view text = name.view();
    make_room(entered_);
    names_.reserve(names_.size() + text.size() + 1);
    if (const auto entered = tree_.enter(name, native::Follow::No); !entered) {
        const Error& error = entered.error();
        if (error.domain() == Domain::Os && is_no_directory(static_cast<Errno>(error.code()))) {
            return false;
        }
        return remove_unread(name, error);
    }
    WELD_TRY(check_device());
    entered_.push_back({.name_begin = names_.size(), .passes = 1});
    names_.append(text).push_back('\0');
    return true;
}

/// Removes an entry that is no directory, or enters it if it is one.
Result<void> Removal::remove_entry(const native::DirectoryEntry& entry) {
    const bool may_be_directory = entry.file_type == FileType::Directory || entry.file_type == FileType::Unknown;
    if (may_be_directory) {
        const auto entered = enter(entry.c_name());
        if (!entered) {
            return entered.error() == Kind::NotFound ? Result<void>() : std::unexpected(entered.error());
        }
        if (*entered) {
            return {};
        }
    }
    const auto removed = native::remove_file(tree_.directory(), entry.c_name());
    if (removed || removed.error() == Errno::Noent) {
        return {};
    }
    if (removed.error() == Errno::Isdir && !may_be_directory) {  // it changed since it was read
        const auto entered = enter(entry.c_name());
        if (entered || entered.error() == Kind::NotFound) {
            return {};  // if it changes once more, the directory is not empty and is read again
        }
        return std::unexpected(entered.error());
    }
    return during("remove_file", removed);
}

constexpr Errno none{};

/// The errno of a failed call, or `none`.
Errno number_of(const sys::Result<void>& result) noexcept { return result ? none : result.error(); }

/// Returns to the directory above and removes from it the directory that was left, or what has replaced it. The root of
/// the removal is NotFound when it is gone.
Result<void> Removal::leave() {
    const sys::CStr name(names_.data() + entered_.back().name_begin);
    WELD_TRY(tree_.leave());
    Errno error = number_of(native::remove_dir(tree_.directory(), name));
    if (error == Errno::Notempty && entered_.back().passes < most_passes) {
        const auto again = tree_.enter(name, native::Follow::No);
        if (again) {
            ++entered_.back().passes;
            return {};
        }
        if (again.error().domain() != Domain::Os) {
            return again;
        }
        error = static_cast<Errno>(again.error().code());
    }
    if (is_no_directory(error)) {
        error = number_of(native::remove_file(tree_.directory(), name));
    }
    names_.resize(entered_.back().name_begin);
    entered_.pop_back();
    if (error == none || (error == Errno::Noent && !entered_.empty())) {
        return {};
    }
    return std::unexpected(Error("remove_dir", error));
}

Result<void> Removal::remove(sys::CStr path) {
    if (!WELD_TRY(enter(path))) {
        native::Metadata found;
        WELD_TRY(during("metadata", native::metadata(tree_.directory(), path, native::Follow::No, found)));
        if (found.file_type() != FileType::Symlink) {
            return std::unexpected(Error("remove_dir_all", Errno::Notdir));
        }
        return during("remove_file", native::remove_file(tree_.directory(), path));
    }
    native::DirectoryEntry entry;
    while (!entered_.empty()) {
        if (WELD_TRY(tree_.next(entry))) {
            WELD_TRY(remove_entry(entry));
        } else {
            WELD_TRY(leave());
        }
    }
    return {};
}

}  // namespace

Result<void> at::remove_dir_all(Handle at, PathRef path, const RemoveOptions& options) noexcept {
    std::string_view text = path.view();
    if (text.find('\0') != std::string_view::npos) {
        return std::unexpected(Error("remove_dir_all", Fault::NulInPath));
    }
    // A trailing slash would follow a symbolic link; and a directory cannot be removed by the names "." and "..".
    while (text.size() > 1 && text.ends_with('/')) {
        text.remove_suffix(1);
    }
    const std::string_view last = text.substr(text.rfind('/') + 1);
    if (!text.empty() && (last.empty() || last == "." || last == "..")) {
        return std::unexpected(Error("remove_dir_all", Fault::InvalidInput));
    }
    return within_memory("remove_dir_all",
                         [&] { return Removal(at, options).remove(sys::CStr(std::string(text).c_str())); });
}

}  // namespace weld::fs
