// SPDX-License-Identifier: MIT
#include <weld/fs/walk.hpp>

#include "descent.hpp"
#include "look_up.hpp"

#include <weld/sys/try.hpp>

#include <algorithm>
#include <cassert>
#include <vector>

namespace weld::fs {

struct Walk::State {
    State(std::string_view root, bool follows) : path(root), root_size(root.size()), follows_links(follows) {}

    std::string path;  // of the directory that is being read and a slash; at first of the root, without
    std::size_t root_size;
    Descent tree{sys::cwd};
    std::vector<std::size_t> path_sizes;  // of the paths of all levels, with their slashes
    bool follows_links;
    std::vector<native::FileIdentity> identities;  // of the directories on the way, if links are followed
    bool last_is_link = false;                     // it is what a link leads to

    native::DirectoryEntry last{};  // what the last item is about; no name when it is the directory itself
    bool started = false;
    bool descend = false;  // `last` is a directory, to be entered next
    Result<WalkEntry> item = std::unexpected(Error("walk", Fault::InvalidInput));

    const Result<WalkEntry>* give(Result<WalkEntry> result) noexcept {
        item = result;
        return &item;
    }

    const Result<WalkEntry>* give_last() noexcept {
        descend = last.file_type == FileType::Directory;
        const std::size_t depth = path_sizes.size();
        const bool follows = depth == 0 || last_is_link;
        return give(WalkEntry(last, tree.directory(), depth == 0 ? std::string_view{} : path, depth,
                              follows ? native::Follow::Yes : native::Follow::No));
    }

    Result<void> enter();
    Result<void> mark();
    Result<void> know_type() noexcept;
    Result<void> leave() noexcept;
    [[nodiscard]] bool is_buffered() const noexcept;
    const Result<WalkEntry>* next() noexcept;
};

/// Opens the directory `last` and makes it the one that is read.
Result<void> Walk::State::enter() {
    // Whatever throws throws before the first change, so the walk goes on from where it was.
    path.reserve(path.size() + last.name().size() + 1);
    make_room(path_sizes);
    make_room(identities);
    const bool is_root = path_sizes.empty();
    if (is_root) {
        last.text = path.c_str();  // which may have moved
    }
    WELD_TRY(tree.enter(last.c_name(), is_root || last_is_link ? native::Follow::Yes : native::Follow::No));
    if (follows_links) {
        WELD_TRY(mark());
    }
    if (!is_root) {
        path.append(last.name());
    }
    if (!path.ends_with('/')) {
        path.push_back('/');
    }
    path_sizes.push_back(path.size());
    return {};
}

/// Keeps in mind which directory was entered. One that is on the way already is left again.
Result<void> Walk::State::mark() {
    native::Metadata metadata;
    const auto known = during("metadata", native::metadata(tree.directory(), metadata));
    const bool is_loop =
        known && last_is_link && std::ranges::find(identities, metadata.identity()) != identities.end();
    if (known && !is_loop) {
        identities.push_back(metadata.identity());
        return {};
    }
    WELD_TRY(tree.leave());
    return std::unexpected(is_loop ? Error("walk", sys::Errno::Loop) : known.error());
}

/// Finds out what `last` is where the directory does not say, or says that it is a link, to be followed.
Result<void> Walk::State::know_type() noexcept {
    native::Metadata metadata;
    last_is_link = false;
    if (last.file_type == FileType::Unknown) {
        WELD_TRY(during("metadata", native::metadata(tree.directory(), last.c_name(), native::Follow::No, metadata)));
        last.file_type = metadata.file_type();
    }
    if (follows_links && last.file_type == FileType::Symlink) {
        const auto found = native::metadata(tree.directory(), last.c_name(), native::Follow::Yes, metadata);
        if (found) {
            last_is_link = true;
            last.file_type = metadata.file_type();
        } else if (found.error() != sys::Errno::Noent && found.error() != sys::Errno::Loop &&
                   found.error() != sys::Errno::Notdir) {
            return during("metadata", found);
        }
    }
    return {};
}

/// Goes on in the directory above, if that can still be found; else that is the end.
Result<void> Walk::State::leave() noexcept {
    const auto left = tree.leave();
    if (left) {
        path_sizes.pop_back();
    } else {
        path_sizes.clear();
    }
    if (follows_links) {
        identities.resize(path_sizes.size());
    }
    return left;
}

bool Walk::State::is_buffered() const noexcept {
    native::DirectoryEntry entry;
    return !started || (!descend && !path_sizes.empty() && tree.peek(entry) && entry.file_type != FileType::Unknown &&
                        !(follows_links && entry.file_type == FileType::Symlink));
}

const Result<WalkEntry>* Walk::State::next() noexcept {
    if (!started) {
        started = true;
        return give_last();
    }
    if (std::exchange(descend, false)) {
        if (const auto entered = within_memory("walk", [&] { return enter(); }); !entered) {
            return give(std::unexpected(entered.error()));
        }
    }
    while (!path_sizes.empty()) {
        path.resize(path_sizes.back());
        const auto found = within_memory("walk", [&] { return tree.next(last); });
        if (found.value_or(false)) {
            const auto known = know_type();
            return known ? give_last() : give(std::unexpected(known.error()));
        }
        const auto left = leave();
        if (!found || !left) {
            last = {};
            return give(std::unexpected(found ? left.error() : found.error()));
        }
    }
    return nullptr;
}

Result<Metadata> WalkEntry::metadata() const noexcept {
    return look_up(
        [&](native::Metadata& target) { return native::metadata(directory_, native_.c_name(), follow_, target); });
}

std::string WalkEntry::path() const {
    std::string path(directory_path_);
    return path.append(native_.name());
}

Walk::Walk(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Walk::Walk(Walk&&) noexcept = default;
Walk& Walk::operator=(Walk&&) noexcept = default;
Walk::~Walk() = default;

const Result<WalkEntry>* Walk::next() noexcept {
    assert(state_ != nullptr);
    return state_->next();
}

bool Walk::is_buffered() const noexcept { return state_->is_buffered(); }

void Walk::skip_subtree() noexcept { state_->descend = false; }

std::string Walk::path() const {
    const State& state = *state_;
    if (state.path_sizes.empty()) {
        return state.path.substr(0, state.root_size);
    }
    std::string whole = state.path;
    if (state.last.name().empty()) {
        whole.pop_back();
    }
    return whole.append(state.last.name());
}

Entries<Walk> walk(PathRef root) noexcept { return walk(root, {}); }

Entries<Walk> walk(PathRef root, const WalkOptions& options) noexcept {
    Metadata metadata;
    WELD_TRY(during("walk", root, [&](sys::CStr c_root) {
        return native::metadata(sys::cwd, c_root, native::Follow::Yes, metadata.as_native());
    }));
    return within_memory("walk", [&]() -> Result<Walk> {
        auto state = std::make_unique<Walk::State>(root.view(), options.follow_links);
        state->last = {
            .text = state->path.c_str(), .file_id = metadata.as_native().file_id(), .file_type = metadata.file_type()};
        return Walk(std::move(state));
    });
}

}  // namespace weld::fs
