// SPDX-License-Identifier: MIT
//
// SortedEntries: the remaining entries of the directories of a Descent, each sorted by name, byte by byte.
//
// A directory is read to its end when its first entry is requested. Names and entries of all levels are in one string
// and one vector; each level owns a part at the end.
#pragma once

#include "descent.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weld::fs {

class SortedEntries {
public:
    /// Makes room for one more level. May throw; the `enter` that follows does not.
    void make_room_for_level() { make_room(levels_); }

    void enter() noexcept {
        levels_.push_back({.next = entries_.size(), .names = names_.size(), .is_read = false, .end = std::nullopt});
    }

    void leave() noexcept {
        const Level& left = levels_.back();
        names_.resize(left.names);
        levels_.pop_back();
        entries_.resize(levels_.empty() ? 0 : levels_.back().end_of_entries);
    }

    /// As `Descent::next` for the deepest directory. The entry is valid until the next directory is read. An error of
    /// reading comes after the entries that were read before it.
    [[nodiscard]] Result<bool> next(Descent& tree, native::DirectoryEntry& entry) {
        Level& level = levels_.back();
        if (!level.is_read) {
            read(tree, level);
        }
        if (peek(entry)) {
            ++level.next;
            return true;
        }
        return level.end ? Result<bool>(std::unexpected(*level.end)) : false;
    }

    /// Whether `next` makes no system call; if so, `entry` is the one that it would give.
    [[nodiscard]] bool peek(native::DirectoryEntry& entry) const noexcept {
        if (levels_.empty() || levels_.back().next >= entries_.size()) {
            return false;
        }
        const Entry& found = entries_[levels_.back().next];
        entry = {.text = names_.data() + found.name, .file_id = found.file_id, .file_type = found.file_type};
        return true;
    }

private:
    struct Entry {
        std::size_t name;  // in `names_`
        std::uint64_t file_id;
        native::FileType file_type;
    };
    struct Level {
        std::size_t next;
        std::size_t names;  // the start of its own
        bool is_read;
        std::optional<Error> end;  // why it was not read to its end
        std::size_t end_of_entries = next;
    };

    void read(Descent& tree, Level& level) {
        for (;;) {
            native::DirectoryEntry entry;
            const Result<bool> found = tree.next(entry);
            if (!found) {
                level.end = found.error();
            }
            if (!found.value_or(false)) {
                break;
            }
            make_room(entries_);
            const std::size_t name = names_.size();
            names_.append(entry.name()).push_back('\0');
            entries_.push_back({.name = name, .file_id = entry.file_id, .file_type = entry.file_type});
        }
        const auto own = std::span(entries_).subspan(level.next);
        std::ranges::sort(own, {}, [&](const Entry& entry) { return std::string_view(names_.data() + entry.name); });
        level.end_of_entries = entries_.size();
        level.is_read = true;
    }

    std::vector<Level> levels_;
    std::vector<Entry> entries_;
    std::string names_;
};

}  // namespace weld::fs
