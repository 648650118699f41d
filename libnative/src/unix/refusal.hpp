// SPDX-License-Identifier: MIT
//
// may_refuse_call: the errors by which a kernel or a container says that it does not know a system call.
//
// An older kernel says ENOSYS. A filter of system calls (seccomp) that is older than the call says EPERM, or whatever
// else it was told to say. So none of these is believed where the call itself may mean something else by it: the call
// that is made instead says it again.
#pragma once

#include <weld/sys/errno.hpp>

namespace weld::native {

/// Whether `error` may say that a call is not known.
[[nodiscard]] constexpr bool may_refuse_call(sys::Errno error) noexcept {
    return error == sys::Errno::Nosys || error == sys::Errno::Perm || error == sys::Errno::Opnotsupp;
}

/// The same of a call of which a flag may not be known: the kernel then says EINVAL, or EOPNOTSUPP.
[[nodiscard]] constexpr bool may_refuse_flag(sys::Errno error) noexcept {
    return may_refuse_call(error) || error == sys::Errno::Inval;
}

}  // namespace weld::native
