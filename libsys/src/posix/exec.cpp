// SPDX-License-Identifier: MIT
//
// A sanitizer records the functions that a thread enters and leaves, and these two never return. The build compiles
// this file without sanitizers: a child that shares its parent's memory would record an entry, and never an exit, in
// the parent's records.
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
