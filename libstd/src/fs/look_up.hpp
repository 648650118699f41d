// SPDX-License-Identifier: MIT
//
// look_up: metadata of what is in a directory or open, filled where the caller will have it.
#pragma once

#include "../during.hpp"

#include <weld/fs/metadata.hpp>

namespace weld::fs {

/// `fill(native_metadata)`, a sys::Result, into the result itself.
template <class Fill>
[[nodiscard]] inline Result<Metadata> look_up(Fill fill) noexcept {
    Result<Metadata> found;
    if (const auto done = fill(found->as_native()); !done) [[unlikely]] {
        found = std::unexpected(failure("metadata", done.error()));
    }
    return found;
}

}  // namespace weld::fs
