// SPDX-License-Identifier: MIT
#include <green/fs/read_dir.hpp>

#include "in_mode.hpp"

namespace green::fs {

weld::Entries<ReadDir> read_dir(weld::PathRef path, Mode mode) noexcept {
    auto native = in_mode(mode, [&] { return weld::fs::read_dir(path); });
    if (!native) {
        return std::unexpected(native.error());
    }
    return ReadDir(*std::move(native), mode);
}

const weld::Result<DirEntry>* ReadDir::next() noexcept { return next_in_mode(native_, mode_); }

}  // namespace green::fs
