// SPDX-License-Identifier: MIT
//
// CloseHandle.
#pragma once

#include <weld/sys/repr.hpp>

namespace weld::sys {

/// CloseHandle of `handle`, which nobody uses afterwards.
[[nodiscard]] WELD_API Result<void> CloseHandle(RawHandle handle) noexcept;

}  // namespace weld::sys
