// SPDX-License-Identifier: MIT
//
// CloseHandle.
#pragma once

#include <weld/sys/repr.hpp>

namespace weld::sys {

/// CloseHandle. The caller must not use `handle` afterwards.
[[nodiscard]] WELD_API Result<void> CloseHandle(RawHandle handle) noexcept;

}  // namespace weld::sys
