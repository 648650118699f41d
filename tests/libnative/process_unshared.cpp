// SPDX-License-Identifier: MIT
//
// A clone that ignores CLONE_VM and gives the child its own memory, as emulators and debuggers do.
#include <sched.h>
#include <sys/types.h>
#include <cstdarg>

extern "C" int __clone(int (*entry)(void*), void* stack, int flags, void* argument, ...) noexcept;

int __clone(int (*entry)(void*), void* stack, int flags, void* argument, ...) noexcept {
    std::va_list more;
    va_start(more, argument);
    auto* const pidfd = va_arg(more, pid_t*);
    va_end(more);
    return ::clone(entry, stack, flags & ~(CLONE_VM | CLONE_VFORK), argument, pidfd, nullptr, nullptr);
}
