// SPDX-License-Identifier: MIT
//
// fcntl(2), dup3(2): the status flags of an open file description, duplicates of a descriptor, and close-on-exec.
//
// The status flags belong to the open file description, not to the descriptor: all duplicates share them. FD_CLOEXEC
// belongs to each descriptor.
#pragma once

#include <weld/sys/answer.hpp>
#include <weld/sys/posix/fs.hpp>

namespace weld::sys {

/// F_GETFL: the access mode and the status flags.
[[nodiscard]] WELD_API Result<OpenFlags> fcntl_getfl(BorrowedFd fd) noexcept;

/// F_SETFL: sets the status flags (`Append`, `Nonblock`, `Direct`) to those in `flags`; the rest of `flags` is
/// ignored.
[[nodiscard]] WELD_API Result<void> fcntl_setfl(BorrowedFd fd, OpenFlags flags) noexcept;

/// F_DUPFD_CLOEXEC: a duplicate of `fd`, the lowest free number not below `least`, with close-on-exec set.
[[nodiscard]] WELD_API Result<OwnedFd> fcntl_dupfd_cloexec(BorrowedFd fd, RawHandle least) noexcept;

/// F_GETFD and F_SETFD: whether `fd` is close-on-exec (FD_CLOEXEC).
[[nodiscard]] WELD_API Answer<bool> fcntl_get_cloexec(BorrowedFd fd) noexcept;
[[nodiscard]] WELD_API Result<void> fcntl_set_cloexec(BorrowedFd fd, bool closes) noexcept;

/// dup3(2) without O_CLOEXEC: makes `number` a duplicate of `fd` that stays open over exec; closes first what `number`
/// was before. `Errno::Inval` when both are the same number.
[[nodiscard]] WELD_API Result<void> dup3(BorrowedFd fd, RawHandle number) noexcept;

}  // namespace weld::sys
