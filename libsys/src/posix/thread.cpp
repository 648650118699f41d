// SPDX-License-Identifier: MIT
#include <weld/sys/posix/thread.hpp>

#include "check.hpp"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#include <bit>

namespace weld::sys {

static_assert(sizeof(ThreadAttributes) == sizeof(pthread_attr_t) &&
              alignof(ThreadAttributes) == alignof(pthread_attr_t));
static_assert(sizeof(PthreadId) == sizeof(pthread_t));

namespace {

pthread_attr_t* to_system(ThreadAttributes& attributes) noexcept {
    return reinterpret_cast<pthread_attr_t*>(&attributes);
}

}  // namespace

Result<void> pthread_attr_init(ThreadAttributes& attributes) noexcept {
    return check_number(::pthread_attr_init(to_system(attributes)));
}

Result<void> pthread_attr_setstacksize(ThreadAttributes& attributes, std::size_t bytes) noexcept {
    return check_number(::pthread_attr_setstacksize(to_system(attributes), bytes));
}

void pthread_attr_destroy(ThreadAttributes& attributes) noexcept {
    (void)::pthread_attr_destroy(to_system(attributes));
}

std::size_t pthread_stack_min() noexcept { return static_cast<std::size_t>(::sysconf(_SC_THREAD_STACK_MIN)); }

Result<PthreadId> pthread_create(const ThreadAttributes& attributes, ThreadEntry entry, void* argument) noexcept {
    pthread_t created;
    const auto* system = reinterpret_cast<const pthread_attr_t*>(&attributes);
    if (const int number = ::pthread_create(&created, system, entry, argument); number != 0) [[unlikely]] {
        return std::unexpected(static_cast<Errno>(number));
    }
    return std::bit_cast<PthreadId>(created);
}

Result<void> pthread_join(PthreadId thread) noexcept {
    return check_number(::pthread_join(std::bit_cast<pthread_t>(thread), nullptr));
}

Result<void> pthread_tryjoin(PthreadId thread) noexcept {
    return check_number(::pthread_tryjoin_np(std::bit_cast<pthread_t>(thread), nullptr));
}

Result<void> pthread_detach(PthreadId thread) noexcept {
    return check_number(::pthread_detach(std::bit_cast<pthread_t>(thread)));
}

PthreadId pthread_self() noexcept { return std::bit_cast<PthreadId>(::pthread_self()); }

Result<void> pthread_setname(PthreadId thread, CStr name) noexcept {
    return check_number(::pthread_setname_np(std::bit_cast<pthread_t>(thread), name.c_str()));
}

Result<void> pthread_atfork_child(void (*child)()) noexcept {
    return check_number(::pthread_atfork(nullptr, nullptr, child));
}

void sched_yield() noexcept { (void)::sched_yield(); }

}  // namespace weld::sys
