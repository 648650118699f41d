// SPDX-License-Identifier: MIT
#include <weld/sys/linux/clone.hpp>

#include "../posix/check.hpp"

#include <sched.h>
#include <csignal>
#include <utility>

// glibc's second name for clone. A sanitizer intercepts the name clone: it takes locks before the call and releases
// them in parent and child, which is right only where each of the two has its own memory.
// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): the library's own
extern "C" int __clone(int (*entry)(void*), void* stack, int flags, void* argument, ...) noexcept;

namespace weld::sys {

static_assert(std::to_underlying(CloneFlags::Memory) == CLONE_VM);
static_assert(std::to_underlying(CloneFlags::Pidfd) == CLONE_PIDFD);
static_assert(std::to_underlying(CloneFlags::Vfork) == CLONE_VFORK);

Result<ProcessId> clone(CloneEntry entry, void* argument, std::span<std::byte> stack, CloneFlags flags,
                        RawHandle& pidfd) noexcept {
    std::byte* const top = stack.data() + stack.size();  // stacks grow down on every CPU that weld builds for
    const int made = ::__clone(entry, top, static_cast<int>(flags) | SIGCHLD, argument, &pidfd, nullptr, nullptr);
    if (made < 0) {
        return last_error();
    }
    return static_cast<ProcessId>(made);
}

}  // namespace weld::sys
