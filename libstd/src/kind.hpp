// SPDX-License-Identifier: MIT
//
// kind_of: maps the platform's error numbers to kinds. One source per platform.
#pragma once

#include <weld/error.hpp>

namespace weld {

[[nodiscard]] Kind kind_of(sys::Errno error) noexcept;

}  // namespace weld
