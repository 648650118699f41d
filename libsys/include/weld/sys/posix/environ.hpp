// SPDX-License-Identifier: MIT
//
// The environment, the current directory, the root and the host name: environ, getcwd, chdir, chroot, gethostname.
//
// `environ` belongs to the process and has no lock. Reading it while another thread changes it is a race: the strings
// may dangle.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/errno.hpp>

#include <span>

namespace weld::sys {

/// environ(7): an array of "NAME=value" strings with a null at the end; null when there is no array.
[[nodiscard]] WELD_API const char* const* environ() noexcept;

/// getcwd(3): writes the path of the current directory to the front of `target`, with a NUL. `Errno::Range` when it
/// does not fit.
[[nodiscard]] WELD_API Result<void> getcwd(std::span<char> target) noexcept;

/// chdir(2).
[[nodiscard]] WELD_API Result<void> chdir(CStr path) noexcept;

/// chroot(2): needs privilege (CAP_SYS_CHROOT). It does not change the current directory, which may then be outside of
/// the new root.
[[nodiscard]] WELD_API Result<void> chroot(CStr path) noexcept;

/// gethostname(2): writes the name to the front of `target`, with a NUL. HOST_NAME_MAX is 64.
[[nodiscard]] WELD_API Result<void> gethostname(std::span<char> target) noexcept;

}  // namespace weld::sys
