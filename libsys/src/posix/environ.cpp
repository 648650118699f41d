// SPDX-License-Identifier: MIT
#include <weld/sys/posix/environ.hpp>

#include "check.hpp"

#include <unistd.h>

namespace weld::sys {

const char* const* environ() noexcept { return ::environ; }

Result<void> getcwd(std::span<char> target) noexcept {
    return ::getcwd(target.data(), target.size()) != nullptr ? Result<void>() : last_error();
}

Result<void> chdir(CStr path) noexcept { return check(::chdir(path.c_str())); }

Result<void> chroot(CStr path) noexcept { return check(::chroot(path.c_str())); }

Result<void> gethostname(std::span<char> target) noexcept { return check(::gethostname(target.data(), target.size())); }

}  // namespace weld::sys
