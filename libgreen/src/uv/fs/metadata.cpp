// SPDX-License-Identifier: MIT
#include <green/fs/metadata.hpp>

#include "in_mode.hpp"

namespace green::fs {

weld::Result<Metadata> metadata(weld::PathRef path, Mode mode) noexcept {
    return in_mode(mode, [&] { return weld::fs::metadata(path); });
}

weld::Result<Metadata> symlink_metadata(weld::PathRef path, Mode mode) noexcept {
    return in_mode(mode, [&] { return weld::fs::symlink_metadata(path); });
}

}  // namespace green::fs
