// SPDX-License-Identifier: MIT
//
// SpawnPlan: the description of a new process, for CreateProcessW.
#pragma once

#include <weld/sys/repr.hpp>

#include <cstdint>
#include <span>

namespace weld::native {

struct SpawnPlan {
    const wchar_t* application = nullptr;
    wchar_t* command_line = nullptr;  ///< overwritten
    const wchar_t* environment = nullptr;
    const wchar_t* directory = nullptr;
    sys::RawHandle input = nullptr;
    sys::RawHandle output = nullptr;
    sys::RawHandle error = nullptr;
    std::uint32_t creation_flags = 0;
};

}  // namespace weld::native
