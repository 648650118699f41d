// SPDX-License-Identifier: MIT
//
// Descent: the directories from a root down to the one that is read, for what goes through a whole tree.
//
// All is looked up from open directories. Only the deepest `most_open` stay open, and fewer where the process may open
// no more; one above them is opened again, from below by "..", when its turn comes, and must be the same by device and
// number: a directory that was moved meanwhile ends the descent with ResourceBusy, and nothing is looked up where it
// went. From what was entered through a link there is no such way back: the directory that the link is in stays open.
//
// One stack of bytes serves all levels: what a directory has left unread stays where it is, and the directory below
// reads into the space behind it. So memory is what is pending and not a buffer a level, and the space that is read
// into next was used last.
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

/// Room for one more, and for twice as many when there is none: nothing throws when it is put there.
template <class T>
void make_room(std::vector<T>& items) {
    if (items.size() == items.capacity()) {
        items.reserve(std::max<std::size_t>(16, 2 * items.size()));
    }
}

class Descent {
public:
    static constexpr std::size_t most_open = 32;

    /// Begins where `root` is open: names are looked up from there until `enter`.
    explicit Descent(sys::BorrowedHandle root) noexcept : root_(root) {}

    /// How many directories have been entered and not left.
    [[nodiscard]] std::size_t depth() const noexcept { return levels_.size(); }

    /// The deepest of them, or the root.
    [[nodiscard]] sys::BorrowedHandle directory() const noexcept {
        return levels_.empty() ? root_ : open_at(levels_.back()).as_handle();
    }

    /// Enters the directory `name` of `directory()`; through a link with `Follow::Yes`, so that it may be anywhere.
    /// What throws throws before anything has changed.
    [[nodiscard]] Result<void> enter(sys::CStr name, native::Follow follow);

    /// Closes the first directory above the deepest that can be found again; false when there is none.
    [[nodiscard]] Result<bool> close_above() noexcept;

    /// Moves to the next record of `directory()`, which is stored in `entry`; false after the last. What it points to
    /// stays until the next but one call.
    [[nodiscard]] Result<bool> next(native::DirectoryEntry& entry);

    /// Whether `next` need not ask the system; if so, `entry` is what it would give.
    [[nodiscard]] bool peek(native::DirectoryEntry& entry) const noexcept;

    /// Reads `directory()` from its first record again.
    [[nodiscard]] Result<void> rewind() noexcept;

    /// Back to the directory above. On an error there is nothing to go on with.
    [[nodiscard]] Result<void> leave() noexcept;

private:
    /// A directory, and where its unread records stand: bytes [next, end) of the stack, from `begin` on its own.
    struct Level {
        std::optional<native::Directory> directory;  // none while it is closed
        bool is_way_back;                            // of the one below, which ".." does not lead back from
        std::size_t begin;
        std::size_t next;
        std::size_t end;
        native::FileIdentity identity;  // when it was closed
        std::uint64_t position;         // of its records that were not read yet, then
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
    std::size_t settled_ = 0;  // so many of the first are closed, or have to stay open
    std::size_t open_ = 0;
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_ = 0;
};

}  // namespace weld::fs
