// SPDX-License-Identifier: MIT
//
// clone(2): makes a child process; flags choose what it shares with its parent.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/posix/process.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// CLONE_: the flags of clone(2), such as what the child shares with its parent.
enum class CloneFlags : std::uint32_t {
    None = 0,
    Memory = 0x100,  ///< CLONE_VM
    Pidfd = 0x1000,  ///< a descriptor of the child, closed by exec; kernels before 5.2 ignore it
    Vfork = 0x4000,  ///< the calling thread waits until the child has run exec or ended
};
template <>
inline constexpr bool is_flags<CloneFlags> = true;

/// The function that the child runs; its return value is the exit status.
using CloneEntry = int (*)(void* argument);

/// clone(2): makes a child that runs `entry(argument)` on `stack`; the parent gets SIGCHLD when the child ends. With
/// `CloneFlags::Pidfd` the call stores a descriptor of the child in `pidfd`, and the caller owns it; where the kernel
/// gives none, `pidfd` keeps its value. No handler of pthread_atfork(3) is called.
[[nodiscard]] WELD_API Result<ProcessId> clone(CloneEntry entry, void* argument, std::span<std::byte> stack,
                                               CloneFlags flags, RawHandle& pidfd) noexcept;

}  // namespace weld::sys
