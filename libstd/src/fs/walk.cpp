// SPDX-License-Identifier: MIT
#include <weld/fs/walk.hpp>

#include "descent.hpp"
#include "look_up.hpp"
#include "sorted_entries.hpp"

#include <weld/sys/try.hpp>

#include <algorithm>
#include <cassert>
#include <vector>

namespace weld::fs {

struct Walk::State {
    State(std::string_view root, const WalkOptions& walk_options, const native::Metadata& metadata)
        : path(root), root_size(root.size()), options(walk_options), device(metadata.identity().device) {
        last = {.text = path.c_str(), .file_id = metadata.file_id(), .file_type = metadata.file_type()};
    }

    /// A directory that was entered: the data for the item that follows its contents.
    struct Entered {
        std::size_t path_size;  // of its path and a slash
        std::uint64_t file_id;
        bool is_link;
    };

    /// An item that is due next, before all others.
    enum class Due : std::uint8_t { Nothing, Last, Left };

    std::string path;  // the directory that is being read, and a slash; at first the root, without
    std::size_t root_size;
    WalkOptions options;
    std::uint64_t device;  // of the root
    Descent tree{sys::cwd};
    SortedEntries sorted;  // if `options.sorted`
    std::vector<Entered> entered;
    std::vector<native::FileIdentity> identities;  // of the open directories, if links are followed
    bool last_is_link = false;                     // it is the target of a link

    native::DirectoryEntry last{};  // the last item; without a name when it is the directory itself
    bool started = false;
    bool descend = false;  // `last` is a directory, to be entered next
    Due due = Due::Nothing;
    Entered left{};         // the directory that was left last,
    std::string left_name;  // and its name; its memory is reserved before it is entered
    Result<WalkEntry> item = std::unexpected(Error("walk", Fault::InvalidInput));

    const Result<WalkEntry>* give(Result<WalkEntry> result) noexcept {
        item = result;
        return &item;
    }

    const Result<WalkEntry>* give_last() noexcept {
        const std::size_t depth = entered.size();
        const bool follows = depth == 0 || last_is_link;
        return give(WalkEntry(last, tree.directory(), depth == 0 ? std::string_view{} : path, depth,
                              follows ? native::Follow::Yes : native::Follow::No));
    }

    [[nodiscard]] bool is_given_before_its_contents() const noexcept { return !options.contents_first || !descend; }

    Result<bool> enter();
    Result<bool> mark();
    Result<bool> take();
    Result<void> know_type() noexcept;
    Result<void> leave() noexcept;
    [[nodiscard]] bool is_buffered() const noexcept;
    const Result<WalkEntry>* give_left() noexcept;
    const Result<WalkEntry>* go_on() noexcept;
    const Result<WalkEntry>* next() noexcept;
};

/// Enters the directory `last`, which is read next; false when it is to be skipped.
Result<bool> Walk::State::enter() {
    // Everything that may throw comes before the first change, so the walk can continue from where it was.
    const bool is_root = entered.empty();
    path.reserve(path.size() + last.name().size() + 1);
    if (is_root) {
        last.text = path.c_str();  // `reserve` may have moved it
    }
    left_name.reserve(std::max(root_size, last.name().size()));
    make_room(entered);
    make_room(identities);
    sorted.make_room_for_level();
    WELD_TRY(tree.enter(last.c_name(), is_root || last_is_link ? native::Follow::Yes : native::Follow::No));
    if (const bool stays = WELD_TRY(mark()); !stays) {
        return false;
    }
    if (!is_root) {
        path.append(last.name());
    }
    if (!path.ends_with('/')) {
        path.push_back('/');
    }
    entered.push_back({.path_size = path.size(), .file_id = last.file_id, .is_link = last_is_link});
    sorted.enter();
    return true;
}

/// Records the entered directory. One that is on the way already is left again with an error, one on another file
/// system is left again with false.
Result<bool> Walk::State::mark() {
    if (!options.follow_links && !options.one_file_system) {
        return true;
    }
    native::Metadata metadata;
    const auto known = during("metadata", native::metadata(tree.directory(), metadata));
    const bool is_loop =
        known && last_is_link && std::ranges::find(identities, metadata.identity()) != identities.end();
    const bool is_elsewhere = known && options.one_file_system && metadata.identity().device != device;
    if (known && !is_loop && !is_elsewhere) {
        identities.push_back(metadata.identity());
        return true;
    }
    WELD_TRY(tree.leave());
    if (is_loop || !known) {
        return std::unexpected(is_loop ? Error("walk", sys::Errno::Loop) : known.error());
    }
    return false;
}

/// Moves `last` to the next entry of the directory that is being read; false after the last one.
Result<bool> Walk::State::take() { return options.sorted ? sorted.next(tree, last) : tree.next(last); }

/// Finds out the type of `last` if the directory entry does not hold it, or if it is a symbolic link that has to be
/// followed.
Result<void> Walk::State::know_type() noexcept {
    native::Metadata metadata;
    last_is_link = false;
    if (last.file_type == FileType::Unknown) {
        WELD_TRY(during("metadata", native::metadata(tree.directory(), last.c_name(), native::Follow::No, metadata)));
        last.file_type = metadata.file_type();
    }
    if (!options.follow_links || last.file_type != FileType::Symlink) {
        return {};
    }
    const auto found = native::metadata(tree.directory(), last.c_name(), native::Follow::Yes, metadata);
    if (!found) {
        const bool leads_nowhere = found.error() == sys::Errno::Noent || found.error() == sys::Errno::Notdir;
        return leads_nowhere ? Result<void>() : during("metadata", found);
    }
    const bool is_directory = metadata.file_type() == FileType::Directory;
    if (is_directory && std::ranges::find(identities, metadata.identity()) != identities.end()) {
        return std::unexpected(Error("walk", sys::Errno::Loop));
    }
    last_is_link = true;
    last.file_type = metadata.file_type();
    return {};
}

/// Continues in the directory above, if it can still be reopened; else the walk ends.
Result<void> Walk::State::leave() noexcept {
    const auto done = tree.leave();
    left = entered.back();
    entered.pop_back();
    sorted.leave();
    if (!done) {
        entered.clear();
    }
    identities.resize(std::min(identities.size(), entered.size()));
    return done;
}

bool Walk::State::is_buffered() const noexcept {
    if (!started || due != Due::Nothing) {
        return started || !options.contents_first || last.file_type != FileType::Directory;
    }
    native::DirectoryEntry entry;
    return !descend && !entered.empty() && (options.sorted ? sorted.peek(entry) : tree.peek(entry)) &&
           entry.file_type != FileType::Unknown && !(options.follow_links && entry.file_type == FileType::Symlink) &&
           !(options.contents_first && entry.file_type == FileType::Directory);
}

/// Returns the directory that was left, after its contents.
const Result<WalkEntry>* Walk::State::give_left() noexcept {
    if (entered.empty()) {
        path.resize(root_size);
        left_name = path;
    } else {
        const std::size_t begin = entered.back().path_size;
        left_name.assign(path, begin, left.path_size - 1 - begin);
        path.resize(begin);
    }
    last = {.text = left_name.c_str(), .file_id = left.file_id, .file_type = FileType::Directory};
    last_is_link = left.is_link;
    return give_last();
}

/// The next item that is read; null at the end, and where `last` must be entered first.
const Result<WalkEntry>* Walk::State::go_on() noexcept {
    while (!entered.empty()) {
        path.resize(entered.back().path_size);
        const auto found = within_memory("walk", [&] { return take(); });
        if (found.value_or(false)) {
            if (const auto known = know_type(); !known) {
                return give(std::unexpected(known.error()));
            }
            descend = last.file_type == FileType::Directory;
            return is_given_before_its_contents() ? give_last() : nullptr;
        }
        const auto done = leave();
        if (!found || !done) {
            last = {};
            due = done && options.contents_first ? Due::Left : Due::Nothing;
            return give(std::unexpected(done ? found.error() : done.error()));
        }
        if (options.contents_first) {
            return give_left();
        }
    }
    return nullptr;
}

const Result<WalkEntry>* Walk::State::next() noexcept {
    if (!started) {
        started = true;
        descend = last.file_type == FileType::Directory;
        if (is_given_before_its_contents()) {
            return give_last();
        }
    }
    if (const Due now = std::exchange(due, Due::Nothing); now != Due::Nothing) {
        return now == Due::Left ? give_left() : give_last();
    }
    for (;;) {
        if (std::exchange(descend, false)) {
            const auto done = within_memory("walk", [&] { return enter(); });
            if (!done) {
                due = options.contents_first ? Due::Last : Due::Nothing;
                return give(std::unexpected(done.error()));
            }
            if (!*done && options.contents_first) {
                return give_last();
            }
        }
        const Result<WalkEntry>* const given = go_on();
        if (given != nullptr || !descend) {
            return given;
        }
    }
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

bool Walk::close_above() noexcept { return state_->tree.close_above().value_or(false); }

bool Walk::is_buffered() const noexcept { return state_->is_buffered(); }

void Walk::skip_subtree() noexcept { state_->descend = false; }

std::string Walk::path() const {
    const State& state = *state_;
    if (state.entered.empty()) {
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
        return Walk(std::make_unique<Walk::State>(root.view(), options, metadata.as_native()));
    });
}

}  // namespace weld::fs
