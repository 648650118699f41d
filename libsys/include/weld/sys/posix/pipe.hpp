// SPDX-License-Identifier: MIT
//
// pipe2(2): bytes that one end takes and the other gives.
#pragma once

#include <weld/sys/posix/fs.hpp>

namespace weld::sys {

/// Both ends of a pipe.
struct Pipe {
    OwnedFd reader;
    OwnedFd writer;
};

/// pipe2(2). Of `flags` it takes `CloseOnExec`, `Nonblock` and `Direct`, of which the last keeps writes apart.
[[nodiscard]] WELD_API Result<Pipe> pipe2(OpenFlags flags) noexcept;

}  // namespace weld::sys
