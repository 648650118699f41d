// SPDX-License-Identifier: MIT
//
// fcntl(2): the status flags of an open file description, and another descriptor of it.
//
// The flags belong to what is open, not to the descriptor: all duplicates share them.
#pragma once

#include <weld/sys/posix/fs.hpp>

namespace weld::sys {

/// F_GETFL: the access mode and the status flags.
[[nodiscard]] WELD_API Result<OpenFlags> fcntl_getfl(BorrowedFd fd) noexcept;

/// F_SETFL: sets the status flags (`Append`, `Nonblock`, `Direct`) to those in `flags`; the rest of `flags` is
/// ignored.
[[nodiscard]] WELD_API Result<void> fcntl_setfl(BorrowedFd fd, OpenFlags flags) noexcept;

/// F_DUPFD_CLOEXEC: another descriptor of what `fd` is open on, not below `least`, closed by exec.
[[nodiscard]] WELD_API Result<OwnedFd> fcntl_dupfd_cloexec(BorrowedFd fd, RawHandle least) noexcept;

}  // namespace weld::sys
