// SPDX-License-Identifier: MIT
//
// look_up: reads metadata directly into the Result that the caller gets, without a copy.
#pragma once

#include "../during.hpp"

#include <weld/fs/metadata.hpp>

namespace weld::fs {

/// Calls `fill(native_metadata)`, which returns a sys::Result, on the metadata inside the returned Result.
template <class Fill>
[[nodiscard]] inline Result<Metadata> look_up(Fill fill) noexcept {
    Result<Metadata> found;
    if (const auto done = fill(found->as_native()); !done) [[unlikely]] {
        found = std::unexpected(failure("metadata", done.error()));
    }
    return found;
}

}  // namespace weld::fs
