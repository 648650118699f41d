// SPDX-License-Identifier: MIT
#include <green/fs/walk.hpp>

#include "in_mode.hpp"

namespace green::fs {

weld::Entries<Walk> walk(weld::PathRef root, Mode mode) noexcept {
    auto native = in_mode(mode, [&] { return weld::fs::walk(root); });
    if (!native) {
        return std::unexpected(native.error());
    }
    return Walk(*std::move(native), mode);
}

const weld::Result<WalkEntry>* Walk::next() noexcept { return next_in_mode(native_, mode_); }

}  // namespace green::fs
