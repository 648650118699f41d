// SPDX-License-Identifier: MIT
//
// The environment and the places of the process: environ, getcwd, chdir, chroot, gethostname.
//
// `environ` is the process's, without a lock: whoever reads it while another thread changes it reads what may be gone.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/errno.hpp>

#include <span>

namespace weld::sys {

/// environ(7): "NAME=value" each, and a null at the end; null itself when there is none.
[[nodiscard]] WELD_API const char* const* environ() noexcept;

/// getcwd(3): the current directory into the front of `target`, with a NUL. `Errno::Range` when it does not fit.
[[nodiscard]] WELD_API Result<void> getcwd(std::span<char> target) noexcept;

/// chdir(2).
[[nodiscard]] WELD_API Result<void> chdir(CStr path) noexcept;

/// chroot(2): for those who may. The current directory stays, outside of it perhaps.
[[nodiscard]] WELD_API Result<void> chroot(CStr path) noexcept;

/// gethostname(2): into the front of `target`, with a NUL. HOST_NAME_MAX is 64.
[[nodiscard]] WELD_API Result<void> gethostname(std::span<char> target) noexcept;

}  // namespace weld::sys
