// SPDX-License-Identifier: MIT
//
// POSIX threads: create, join, detach, name, and the attributes for creation.
//
// These calls return their error number instead of setting errno; here it is an `Errno` like all others.
#pragma once

#include <weld/sys/arch.hpp>
#include <weld/sys/cstr.hpp>
#include <weld/sys/errno.hpp>

#include <cstddef>
#include <cstdint>

namespace weld::sys {

/// pthread_t, as a number.
enum class PthreadId : std::uintptr_t {};

/// pthread_attr_t. Made by `pthread_attr_init`, ended by `pthread_attr_destroy`.
struct ThreadAttributes {
    alignas(std::uint64_t) std::byte storage[arch::pthread_attr_size];
};

/// The function that a thread runs. It gets the argument of `pthread_create`; its return value is dropped.
using ThreadEntry = void* (*)(void*);

/// pthread_attr_init(3).
[[nodiscard]] WELD_API Result<void> pthread_attr_init(ThreadAttributes& attributes) noexcept;

/// pthread_attr_setstacksize(3). `Errno::Inval` below `pthread_stack_min()`.
[[nodiscard]] WELD_API Result<void> pthread_attr_setstacksize(ThreadAttributes& attributes, std::size_t bytes) noexcept;

/// pthread_attr_destroy(3).
WELD_API void pthread_attr_destroy(ThreadAttributes& attributes) noexcept;

/// sysconf(_SC_THREAD_STACK_MIN): the smallest stack, in bytes. It does not count the thread-locals of this process,
/// which lie on the stack too.
[[nodiscard]] WELD_API std::size_t pthread_stack_min() noexcept;

/// pthread_create(3). The caller must join or detach the new thread, once. `Errno::Inval` for a stack that is too small
/// for the thread-locals of this process.
[[nodiscard]] WELD_API Result<PthreadId> pthread_create(const ThreadAttributes& attributes, ThreadEntry entry,
                                                        void* argument) noexcept;

/// pthread_join(3): returns when the thread has ended and its thread-locals are destroyed.
[[nodiscard]] WELD_API Result<void> pthread_join(PthreadId thread) noexcept;

/// pthread_tryjoin_np(3): as `pthread_join`, but `Errno::Busy` while the thread has not ended.
[[nodiscard]] WELD_API Result<void> pthread_tryjoin(PthreadId thread) noexcept;

/// pthread_detach(3).
[[nodiscard]] WELD_API Result<void> pthread_detach(PthreadId thread) noexcept;

/// pthread_self(3).
[[nodiscard]] WELD_API PthreadId pthread_self() noexcept;

/// pthread_setname_np(3): names `thread` for debuggers and /proc. `Errno::Range` for a name of more than 15 bytes.
[[nodiscard]] WELD_API Result<void> pthread_setname(PthreadId thread, CStr name) noexcept;

/// pthread_atfork(3): registers `child`, which each process forked from this one calls on its only thread.
[[nodiscard]] WELD_API Result<void> pthread_atfork_child(void (*child)()) noexcept;

/// sched_yield(2).
WELD_API void sched_yield() noexcept;

}  // namespace weld::sys
