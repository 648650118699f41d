// SPDX-License-Identifier: MIT
//
// fcntl(2), dup3(2): the status flags of an open file description, other descriptors of it, and whether exec closes
// one.
//
// The status flags belong to what is open, not to the descriptor: all duplicates share them. FD_CLOEXEC is each one's
// own.
#pragma once

#include <weld/sys/answer.hpp>
#include <weld/sys/posix/fs.hpp>

namespace weld::sys {

/// F_GETFL: the access mode and the status flags.
[[nodiscard]] WELD_API Result<OpenFlags> fcntl_getfl(BorrowedFd fd) noexcept;

/// F_SETFL: sets the status flags (`Append`, `Nonblock`, `Direct`) to those in `flags`; the rest of `flags` is
/// ignored.
[[nodiscard]] WELD_API Result<void> fcntl_setfl(BorrowedFd fd, OpenFlags flags) noexcept;

/// F_DUPFD_CLOEXEC: another descriptor of what `fd` is open on, not below `least`, closed by exec.
[[nodiscard]] WELD_API Result<OwnedFd> fcntl_dupfd_cloexec(BorrowedFd fd, RawHandle least) noexcept;

/// F_GETFD and F_SETFD: whether exec closes `fd` (FD_CLOEXEC).
[[nodiscard]] WELD_API Answer<bool> fcntl_get_cloexec(BorrowedFd fd) noexcept;
[[nodiscard]] WELD_API Result<void> fcntl_set_cloexec(BorrowedFd fd, bool closes) noexcept;

/// dup3(2) without O_CLOEXEC: `number` is a descriptor of what `fd` is open on, instead of what it was before, and exec
/// leaves it open. `Errno::Inval` where the two are the same.
[[nodiscard]] WELD_API Result<void> dup3(BorrowedFd fd, RawHandle number) noexcept;

}  // namespace weld::sys
