// SPDX-License-Identifier: MIT
//
// Calls that wait for other threads. A free lock is taken without a report: each call tries first. A wait on a
// condition variable is there to wait, so it is always reported.
#include "lint.hpp"

#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

using namespace green::lint;

namespace {

/// Takes the lock if `attempt()` finds it free; otherwise reports that `call` waits, and takes it by `lock()`.
template <class Attempt, class Lock>
int take(Attempt attempt, Lock lock, const char* call = __builtin_FUNCTION()) {
    if (is_watched()) {
        if (const int result = attempt(); result != EBUSY) {
            return result;
        }
        waits(call);
    }
    return lock();
}

/// sem_trywait(3), which returns EBUSY, and not by errno.
int try_wait(sem_t* semaphore) noexcept {
    const int error = errno;
    if (::sem_trywait(semaphore) == 0) {
        return 0;
    }
    errno = error;
    return EBUSY;
}

bool waits_in_kernel(long number, long operation) noexcept {
    switch (number == SYS_futex ? operation & FUTEX_CMD_MASK : FUTEX_WAKE) {
        case FUTEX_WAIT:
        case FUTEX_WAIT_BITSET:
        case FUTEX_WAIT_REQUEUE_PI:
        case FUTEX_LOCK_PI:
        case FUTEX_LOCK_PI2: return true;
        default: return false;
    }
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// ---- mutexes ------------------------------------------------------------------------------------------

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    static constinit Real<decltype(::pthread_mutex_lock)> real;
    return take([&] { return ::pthread_mutex_trylock(mutex); }, [&] { return real(mutex); });
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* deadline) noexcept {
    static constinit Real<decltype(::pthread_mutex_timedlock)> real;
    return take([&] { return ::pthread_mutex_trylock(mutex); }, [&] { return real(mutex, deadline); });
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* deadline) noexcept {
    static constinit Real<decltype(::pthread_mutex_clocklock)> real;
    return take([&] { return ::pthread_mutex_trylock(mutex); }, [&] { return real(mutex, clock, deadline); });
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
    static constinit Real<decltype(::pthread_rwlock_rdlock)> real;
    return take([&] { return ::pthread_rwlock_tryrdlock(lock); }, [&] { return real(lock); });
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* deadline) noexcept {
    static constinit Real<decltype(::pthread_rwlock_timedrdlock)> real;
    return take([&] { return ::pthread_rwlock_tryrdlock(lock); }, [&] { return real(lock, deadline); });
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock, const timespec* deadline) noexcept {
    static constinit Real<decltype(::pthread_rwlock_clockrdlock)> real;
    return take([&] { return ::pthread_rwlock_tryrdlock(lock); }, [&] { return real(lock, clock, deadline); });
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
    static constinit Real<decltype(::pthread_rwlock_wrlock)> real;
    return take([&] { return ::pthread_rwlock_trywrlock(lock); }, [&] { return real(lock); });
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* deadline) noexcept {
    static constinit Real<decltype(::pthread_rwlock_timedwrlock)> real;
    return take([&] { return ::pthread_rwlock_trywrlock(lock); }, [&] { return real(lock, deadline); });
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock, const timespec* deadline) noexcept {
    static constinit Real<decltype(::pthread_rwlock_clockwrlock)> real;
    return take([&] { return ::pthread_rwlock_trywrlock(lock); }, [&] { return real(lock, clock, deadline); });
}

// ---- condition variables, semaphores, barriers, joins of threads ----------------------------------------

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    static constinit Real<decltype(::pthread_cond_wait)> real;
    waits();
    return real(condition, mutex);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* deadline) {
    static constinit Real<decltype(::pthread_cond_timedwait)> real;
    waits();
    return real(condition, mutex, deadline);
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* deadline) {
    static constinit Real<decltype(::pthread_cond_clockwait)> real;
    waits();
    return real(condition, mutex, clock, deadline);
}

int sem_wait(sem_t* semaphore) {
    static constinit Real<decltype(::sem_wait)> real;
    return take([&] { return try_wait(semaphore); }, [&] { return real(semaphore); });
}

int sem_timedwait(sem_t* semaphore, const timespec* deadline) {
    static constinit Real<decltype(::sem_timedwait)> real;
    return take([&] { return try_wait(semaphore); }, [&] { return real(semaphore, deadline); });
}

int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* deadline) {
    static constinit Real<decltype(::sem_clockwait)> real;
    return take([&] { return try_wait(semaphore); }, [&] { return real(semaphore, clock, deadline); });
}

int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
    static constinit Real<decltype(::pthread_barrier_wait)> real;
    waits();
    return real(barrier);
}

int pthread_join(pthread_t thread, void** result) {
    static constinit Real<decltype(::pthread_join)> real;
    waits();
    return real(thread, result);
}

int pthread_timedjoin_np(pthread_t thread, void** result, const timespec* deadline) {
    static constinit Real<decltype(::pthread_timedjoin_np)> real;
    waits();
    return real(thread, result, deadline);
}

// ---- futexes: weld's locks, std::atomic's wait, and everything built on it ------------------------------

long syscall(long number, ...) noexcept {
    static constinit Real<decltype(::syscall)> real;
    std::va_list rest;
    va_start(rest, number);
    const long first = va_arg(rest, long);
    const long second = va_arg(rest, long);
    const long third = va_arg(rest, long);
    const long fourth = va_arg(rest, long);
    const long fifth = va_arg(rest, long);
    const long sixth = va_arg(rest, long);
    va_end(rest);
    if (waits_in_kernel(number, second)) {
        waits("futex");
    }
    return real(number, first, second, third, fourth, fifth, sixth);
}
}
#pragma GCC visibility pop
