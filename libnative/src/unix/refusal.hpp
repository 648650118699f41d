// SPDX-License-Identifier: MIT
//
// may_refuse_call: the errors by which a kernel or a container refuses a system call that it does not know.
//
// An older kernel returns ENOSYS. A seccomp filter that is older than the call returns EPERM, or any other error that
// it was configured with. The call itself may return these errors for another reason; then the fallback call fails
// with the same error.
#pragma once

#include <weld/sys/errno.hpp>

namespace weld::native {

/// Whether `error` may mean that a call is unknown.
[[nodiscard]] constexpr bool may_refuse_call(sys::Errno error) noexcept {
    return error == sys::Errno::Nosys || error == sys::Errno::Perm || error == sys::Errno::Opnotsupp;
}

/// The same for a call with a flag that may be unknown: then the kernel returns EINVAL, or EOPNOTSUPP.
[[nodiscard]] constexpr bool may_refuse_flag(sys::Errno error) noexcept {
    return may_refuse_call(error) || error == sys::Errno::Inval;
}

}  // namespace weld::native
