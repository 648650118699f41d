// SPDX-License-Identifier: MIT
#include <weld/sys/linux/credentials.hpp>

#include "../posix/check.hpp"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace weld::sys {

static_assert(sizeof(uid_t) == sizeof(std::uint32_t) && sizeof(gid_t) == sizeof(std::uint32_t));

Result<void> setuid_of_thread(std::uint32_t user) noexcept { return check(::syscall(SYS_setuid, user)); }

Result<void> setgid_of_thread(std::uint32_t group) noexcept { return check(::syscall(SYS_setgid, group)); }

Result<void> setgroups_of_thread(std::span<const std::uint32_t> groups) noexcept {
    return check(::syscall(SYS_setgroups, groups.size(), groups.data()));
}

}  // namespace weld::sys
