// SPDX-License-Identifier: MIT
//
// Walk: a directory tree, each directory before its contents, read inline or offloaded.
//
// As weld::fs::Walk, and with the same items. In `Mode::Offload` the opening and reading of directories is offloaded.
// The members of an item run inline.
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
    /// The next item, or the error of one that cannot be read; null after the last. Parks.
    [[nodiscard]] GREEN_API const weld::Result<WalkEntry>* next() noexcept;

    /// Leaves out the contents of the last item, if that is a directory. Otherwise it has no effect.
    void skip_subtree() noexcept { native_.skip_subtree(); }

    /// The path of the last item, error or not; it begins with the root's path. Allocates: the result.
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

/// Begins a walk at `root`, which may be a file. Fails when `root` itself cannot be looked up. Parks.
[[nodiscard]] GREEN_API weld::Entries<Walk> walk(weld::PathRef root, Mode mode = Mode::Inline) noexcept;

}  // namespace green::fs
