// SPDX-License-Identifier: MIT
#include <weld/sys/linux/clone.hpp>

#include "../posix/check.hpp"

#include <sched.h>
#include <csignal>
#include <utility>

// glibc's other name for clone. A sanitizer has a function of the first name, which takes locks before the call and
// gives them back on both sides of it, as is right where each side has its own.
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
