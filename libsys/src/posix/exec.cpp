// SPDX-License-Identifier: MIT
//
// A sanitizer keeps book of what a thread enters and leaves, and these are not left: the build compiles this file
// without any, since a child that shares its parent's memory would never write the second line of the parent's book.
#include <weld/sys/posix/exec.hpp>

#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>

namespace weld::sys {

Errno execve(CStr program, const char* const* arguments, const char* const* environment) noexcept {
    ::execve(program.c_str(), const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
    return static_cast<Errno>(errno);
}

void exit_now(std::int32_t status) noexcept {
    for (;;) {
        ::syscall(SYS_exit_group, status);
    }
}

}  // namespace weld::sys
