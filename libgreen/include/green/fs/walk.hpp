// SPDX-License-Identifier: MIT
//
// Walk: everything below a path, each directory before what it holds, read where its mode says.
//
// As weld::fs::Walk, whose items it gives. Offloaded is the opening and reading of directories; what an item is
// asked for runs inline.
#pragma once

#include <green/fs/metadata.hpp>

#include <weld/fs/walk.hpp>

#include <iterator>
#include <string>
#include <utility>

namespace green::fs {

using weld::fs::WalkEntry;

class Walk {
public:
    /// The next item, or the error of one that cannot be read; null when all were seen. Parks.
    [[nodiscard]] GREEN_API const weld::Result<WalkEntry>* next() noexcept;

    /// Leaves out what the directory of the last item holds. Of no effect after any other item.
    void skip_subtree() noexcept { native_.skip_subtree(); }

    /// The path of the last item, error or not, beginning with the root's. Allocates: the result.
    [[nodiscard]] std::string path() const { return native_.path(); }

    [[nodiscard]] weld::EntryIterator<Walk> begin() & { return weld::EntryIterator<Walk>(*this); }
    void begin() && = delete;  // it would lend from a temporary
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    friend GREEN_API weld::Entries<Walk> walk(weld::PathRef root, Mode mode) noexcept;
    Walk(weld::fs::Walk native, Mode mode) noexcept : native_(std::move(native)), mode_(mode) {}

    weld::fs::Walk native_;
    Mode mode_;
};

/// Begins at `root`, which may be a file. Fails when `root` itself cannot be looked up. Parks.
[[nodiscard]] GREEN_API weld::Entries<Walk> walk(weld::PathRef root, Mode mode = Mode::Inline) noexcept;

}  // namespace green::fs
