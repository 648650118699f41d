// SPDX-License-Identifier: MIT
//
// Descent: the directories from a root down to the one that is being read, to traverse a whole tree.
//
// Every lookup is relative to an open directory. Only the deepest `most_open` stay open, and fewer where the process
// may open no more. A closed one above them is reopened from below by ".." when it is needed, and must have the same
// device and inode number: a directory that was moved meanwhile ends the descent with ResourceBusy, and nothing is
// looked up at its new place. A directory that was entered through a symbolic link has no such way back: the directory
// that holds the link stays open.
//
// One stack of bytes serves all levels: the unread records of a directory stay in place, and the directory below reads
// into the space after them. So memory holds pending records, not one buffer for each level, and the space for the next
// read is the one that was used last.
#pragma once

#include <weld/error.hpp>
#include <weld/native/directory.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace weld::fs {

/// Makes room for one more item, by doubling when there is none: the push_back that follows does not throw.
template <class T>
void make_room(std::vector<T>& items) {
    if (items.size() == items.capacity()) {
        items.reserve(std::max<std::size_t>(16, 2 * items.size()));
    }
}

class Descent {
public:
    static constexpr std::size_t most_open = 32;

    /// Starts at the open directory `root`: names are looked up there until `enter`.
    explicit Descent(sys::BorrowedHandle root) noexcept : root_(root) {}

    /// How many directories were entered and not left.
    [[nodiscard]] std::size_t depth() const noexcept { return levels_.size(); }

    /// The deepest entered directory, or the root.
    [[nodiscard]] sys::BorrowedHandle directory() const noexcept {
        return levels_.empty() ? root_ : open_at(levels_.back()).as_handle();
    }

    /// Enters the directory `name` of `directory()`; with `Follow::Yes` through a symbolic link, which may lead
    /// anywhere. If it throws, nothing has changed.
    [[nodiscard]] Result<void> enter(sys::CStr name, native::Follow follow);

    /// Closes the topmost open directory that can be reopened; false when there is none.
    [[nodiscard]] Result<bool> close_above() noexcept;

    /// Stores the next record of `directory()` in `entry`; false after the last. The memory that `entry` points to is
    /// valid until the second call after this one.
    [[nodiscard]] Result<bool> next(native::DirectoryEntry& entry);

    /// Whether `next` makes no system call; if so, `entry` is the record that it would store.
    [[nodiscard]] bool peek(native::DirectoryEntry& entry) const noexcept;

    /// Makes `next` read `directory()` from its first record again.
    [[nodiscard]] Result<void> rewind() noexcept;

    /// Returns to the directory above. After an error the descent cannot continue.
    [[nodiscard]] Result<void> leave() noexcept;

private:
    /// A directory and its unread records: bytes [next, end) of the stack; its part of the stack starts at `begin`.
    struct Level {
        std::optional<native::Directory> directory;  // none while it is closed
        bool is_way_back;                            // for the one below, from which ".." does not lead here
        std::size_t begin;
        std::size_t next;
        std::size_t end;
        native::FileIdentity identity;  // set when it is closed
        std::uint64_t position;         // of its first unread record, set when it is closed
    };

    /// The directory of `level`, which is open: the deepest always is.
    [[nodiscard]] static const native::Directory& open_at(const Level& level) noexcept {
        return *level.directory;  // NOLINT(bugprone-unchecked-optional-access)
    }

    [[nodiscard]] Result<native::Directory> open_below(sys::CStr name, native::Follow follow) noexcept;
    [[nodiscard]] Result<std::size_t> refill();
    [[nodiscard]] static native::DirectoryRecords records_of(const std::byte* bytes, const Level& level) noexcept {
        return native::DirectoryRecords(std::span(bytes + level.next, level.end - level.next));
    }

    sys::BorrowedHandle root_;
    std::vector<Level> levels_;
    std::size_t settled_ = 0;  // how many of the first levels are closed, or must stay open
    std::size_t open_ = 0;
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_ = 0;
};

}  // namespace weld::fs
