// SPDX-License-Identifier: MIT
#include "descent.hpp"

#include "../during.hpp"

#include <weld/sys/try.hpp>

#include <algorithm>

namespace weld::fs {

namespace {

constexpr std::size_t chunk = 32 * 1024;

sys::Result<native::FileIdentity> identity_of(const native::Directory& directory) noexcept {
    native::Metadata metadata;
    WELD_TRY(native::metadata(directory.as_handle(), metadata));
    return metadata.identity();
}

}  // namespace

Result<void> Descent::enter(sys::CStr name, native::Follow follow) {
    const bool is_way_back = follow == native::Follow::Yes && !levels_.empty();
    if (open_ >= most_open) {
        (void)WELD_TRY(close_above());
    }
    make_room(levels_);
    native::Directory opened = WELD_TRY(open_below(name, follow));
    const std::size_t begin = levels_.empty() ? 0 : levels_.back().end;
    if (is_way_back) {
        levels_.back().is_way_back = true;
    }
    levels_.push_back({.directory = std::move(opened),
                       .is_way_back = false,
                       .begin = begin,
                       .next = begin,
                       .end = begin,
                       .identity = {},
                       .position = 0});
    ++open_;
    return {};
}

/// Opens a directory; where the process may open no more, it closes one above first.
Result<native::Directory> Descent::open_below(sys::CStr name, native::Follow follow) noexcept {
    for (;;) {
        auto opened = during("open", native::Directory::open(directory(), name, follow));
        if (opened || opened.error() != Kind::TooManyOpenFiles) {
            return opened;
        }
        if (const bool closed = WELD_TRY(close_above()); !closed) {
            return opened;
        }
    }
}

Result<bool> Descent::close_above() noexcept {
    while (settled_ + 1 < levels_.size() && levels_[settled_].is_way_back) {
        ++settled_;
    }
    if (settled_ + 1 >= levels_.size()) {
        return false;
    }
    Level& level = levels_[settled_];
    level.identity = WELD_TRY(during("metadata", identity_of(open_at(level))));
    level.position = WELD_TRY(during("read_dir", open_at(level).position()));
    level.directory.reset();
    ++settled_;
    --open_;
    return true;
}

Result<bool> Descent::next(native::DirectoryEntry& entry) {
    for (;;) {
        Level& level = levels_.back();
        native::DirectoryRecords records = records_of(bytes_.get(), level);
        const bool taken = records.next(entry);
        level.next = level.end - records.rest().size();
        if (taken) {
            return true;
        }
        if (WELD_TRY(refill()) == 0) {
            return false;
        }
    }
}

bool Descent::peek(native::DirectoryEntry& entry) const noexcept {
    if (levels_.empty()) {
        return false;
    }
    return records_of(bytes_.get(), levels_.back()).next(entry);
}

/// Reads more records of the deepest directory, over those that were returned.
Result<std::size_t> Descent::refill() {
    Level& level = levels_.back();
    if (capacity_ - level.begin < chunk) {
        const std::size_t wanted = std::max(capacity_ * 2, level.begin + chunk);
        auto larger = std::make_unique_for_overwrite<std::byte[]>(wanted);
        std::copy_n(bytes_.get(), level.begin, larger.get());
        bytes_ = std::move(larger);
        capacity_ = wanted;
    }
    level.next = level.begin;
    level.end = level.begin;
    const std::span<std::byte> space(bytes_.get() + level.begin, chunk);
    level.end += WELD_TRY(during("read_dir", open_at(level).read(space)));
    return level.end - level.begin;
}

Result<void> Descent::rewind() noexcept {
    Level& level = levels_.back();
    level.next = level.begin;
    level.end = level.begin;
    return during("read_dir", open_at(level).set_position(0));
}

Result<void> Descent::leave() noexcept {
    const Level& left = levels_.back();
    if (levels_.size() > 1) {
        Level& above = levels_[levels_.size() - 2];
        if (!above.directory) {
            native::Directory found = WELD_TRY(during(
                "open", native::Directory::open(open_at(left).as_handle(), sys::CStr(".."), native::Follow::No)));
            if (WELD_TRY(during("metadata", identity_of(found))) != above.identity) {
                return std::unexpected(Error("open", sys::Errno::Busy));
            }
            WELD_TRY(during("read_dir", found.set_position(above.position)));
            above.directory = std::move(found);
            ++open_;
        }
        above.is_way_back = false;
        settled_ = std::min(settled_, levels_.size() - 2);
    }
    levels_.pop_back();
    --open_;
    return {};
}

}  // namespace weld::fs
