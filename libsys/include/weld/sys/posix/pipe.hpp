// SPDX-License-Identifier: MIT
//
// pipe2(2): makes a pipe; bytes written to one end are read from the other, FIFO.
#pragma once

#include <weld/sys/posix/fs.hpp>

namespace weld::sys {

/// Both ends of a pipe.
struct Pipe {
    OwnedFd reader;
    OwnedFd writer;
};

/// pipe2(2). `flags` may hold `CloseOnExec`, `Nonblock` and `Direct`; `Direct` keeps the bytes of each write apart.
[[nodiscard]] WELD_API Result<Pipe> pipe2(OpenFlags flags) noexcept;

}  // namespace weld::sys
