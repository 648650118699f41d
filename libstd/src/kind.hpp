// SPDX-License-Identifier: MIT
//
// kind_of: the platform's error numbers as kinds. One source a platform.
#pragma once

#include <weld/error.hpp>

namespace weld {

[[nodiscard]] Kind kind_of(sys::Errno error) noexcept;

}  // namespace weld
