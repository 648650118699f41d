// SPDX-License-Identifier: MIT
//
// SystemOptions: what a Command holds that only Windows has.
#pragma once

#include <cstdint>

namespace weld::process {

struct SystemOptions {
    std::uint32_t creation_flags = 0;
};

}  // namespace weld::process
