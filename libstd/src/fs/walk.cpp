// SPDX-License-Identifier: MIT
//
// Walk keeps one stack of bytes for all levels: what a directory has left unread stays where it is, and
// the directory below reads into the space behind it. So memory is what is pending and not a buffer a
// level, and the space that is read into next was used last.
#include <weld/fs/walk.hpp>

#include "look_up.hpp"

#include <weld/sys/try.hpp>

#include <algorithm>
#include <cassert>
#include <span>
#include <vector>

namespace weld::fs {

namespace {

constexpr std::size_t chunk = 32 * 1024;

/// An open directory, and where its unread records stand: bytes [next, end) of the stack.
struct Level {
    native::Directory directory;
    std::size_t begin;
    std::size_t next;
    std::size_t end;
    std::size_t path_size;  // of the path of `directory` and a slash
};

}  // namespace

struct Walk::State {
    explicit State(std::string_view root) : path(root), root_size(root.size()) {}

    std::string path;  // of the directory that is being read and a slash; at first of the root, without
    std::size_t root_size;
    std::vector<Level> levels;
    std::unique_ptr<std::byte[]> bytes;
    std::size_t capacity = 0;

    native::DirectoryEntry last{};  // what the last item is about; no name when it is the directory itself
    bool started = false;
    bool descend = false;  // `last` is a directory, to be entered next
    Result<WalkEntry> item = std::unexpected(Error("walk", Fault::InvalidInput));

    [[nodiscard]] sys::BorrowedHandle directory() const noexcept {
        return levels.empty() ? sys::cwd : levels.back().directory.as_handle();
    }

    const Result<WalkEntry>* give(Result<WalkEntry> result) noexcept {
        item = result;
        return &item;
    }

    const Result<WalkEntry>* give_last() noexcept {
        descend = last.file_type == FileType::Directory;
        return give(WalkEntry(last, directory(), levels.empty() ? std::string_view{} : path, levels.size()));
    }

    Result<void> enter();
    Result<std::size_t> refill();
    bool take_record() noexcept;
    [[nodiscard]] bool is_buffered() const noexcept;
    const Result<WalkEntry>* next() noexcept;
};

/// Opens the directory `last` and makes it the level that is read.
Result<void> Walk::State::enter() {
    const bool is_root = levels.empty();
    const auto follow = is_root ? native::Follow::Yes : native::Follow::No;
    native::Directory opened = WELD_TRY(during("open", native::Directory::open(directory(), last.c_name(), follow)));
    // Whatever throws throws before the first change, so the walk goes on from where it was.
    path.reserve(path.size() + last.name.size() + 1);
    const std::size_t begin = is_root ? 0 : levels.back().end;
    levels.push_back({std::move(opened), begin, begin, begin, 0});
    if (!is_root) {
        path.append(last.name);
    }
    if (!path.ends_with('/')) {
        path.push_back('/');
    }
    levels.back().path_size = path.size();
    return {};
}

/// Reads more records of the deepest directory, over those that were seen.
Result<std::size_t> Walk::State::refill() {
    Level& level = levels.back();
    if (capacity - level.begin < chunk) {
        const std::size_t wanted = std::max(capacity * 2, level.begin + chunk);
        auto larger = std::make_unique_for_overwrite<std::byte[]>(wanted);
        std::copy_n(bytes.get(), level.begin, larger.get());
        bytes = std::move(larger);
        capacity = wanted;
    }
    const std::span<std::byte> space(bytes.get() + level.begin, chunk);
    const std::size_t filled = WELD_TRY(during("read_dir", level.directory.read(space)));
    level.next = level.begin;
    level.end = level.begin + filled;
    return filled;
}

/// Moves `last` to the next record of the deepest directory that is in memory.
bool Walk::State::take_record() noexcept {
    Level& level = levels.back();
    native::DirectoryRecords records(std::span(bytes.get() + level.next, level.end - level.next));
    const bool taken = records.next(last);
    level.next = level.end - records.rest().size();
    return taken;
}

bool Walk::State::is_buffered() const noexcept {
    if (!started) {
        return true;
    }
    if (descend || levels.empty()) {
        return false;
    }
    const Level& level = levels.back();
    native::DirectoryRecords records(std::span(bytes.get() + level.next, level.end - level.next));
    native::DirectoryEntry entry;
    return records.next(entry) && entry.file_type != FileType::Unknown;
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
    while (!levels.empty()) {
        path.resize(levels.back().path_size);
        if (take_record()) {
            if (last.file_type != FileType::Unknown) {
                return give_last();
            }
            native::Metadata metadata;
            const auto known =
                during("metadata", native::metadata(directory(), last.c_name(), native::Follow::No, metadata));
            if (!known) {
                return give(std::unexpected(known.error()));
            }
            last.file_type = metadata.file_type();
            return give_last();
        }
        const auto filled = within_memory("walk", [&] { return refill(); });
        if (filled.value_or(0) == 0) {
            levels.pop_back();
        }
        if (!filled) {
            last = {};
            return give(std::unexpected(filled.error()));
        }
    }
    return nullptr;
}

Result<Metadata> WalkEntry::metadata() const noexcept {
    const auto follow = depth_ == 0 ? native::Follow::Yes : native::Follow::No;
    return look_up(
        [&](native::Metadata& target) { return native::metadata(directory_, native_.c_name(), follow, target); });
}

std::string WalkEntry::path() const {
    std::string path(directory_path_);
    return path.append(native_.name);
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
    if (state.levels.empty()) {
        return state.path.substr(0, state.root_size);
    }
    std::string whole = state.path;
    if (state.last.name.empty()) {
        whole.pop_back();
    }
    return whole.append(state.last.name);
}

Result<Walk> walk(PathRef root) noexcept {
    Metadata metadata;
    WELD_TRY(during("walk", root, [&](sys::CStr c_root) {
        return native::metadata(sys::cwd, c_root, native::Follow::Yes, metadata.as_native());
    }));
    return within_memory("walk", [&]() -> Result<Walk> {
        auto state = std::make_unique<Walk::State>(root.view());
        state->last = {
            .name = state->path, .file_id = metadata.as_native().file_id(), .file_type = metadata.file_type()};
        return Walk(std::move(state));
    });
}

}  // namespace weld::fs
