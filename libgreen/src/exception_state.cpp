// SPDX-License-Identifier: MIT
#include "exception_state.hpp"

#include <cxxabi.h>

namespace green {

void* exception_globals() noexcept { return abi::__cxa_get_globals(); }

}  // namespace green
