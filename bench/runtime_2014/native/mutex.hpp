// SPDX-License-Identifier: MIT
//
// mutex: NativeMutex, a mutex and a condition variable in one, used by every wait of the native half.

#pragma once

#include <pthread.h>

namespace runtime_2014::native {

class NativeMutex {
public:
    NativeMutex() = default;
    NativeMutex(const NativeMutex&) = delete;
    NativeMutex& operator=(const NativeMutex&) = delete;
    ~NativeMutex() {
        pthread_cond_destroy(&condition_);
        pthread_mutex_destroy(&mutex_);
    }

    void lock() { pthread_mutex_lock(&mutex_); }
    void unlock() { pthread_mutex_unlock(&mutex_); }
    /// With the lock held: unlocks, waits for a signal, and locks again. Spurious wake-ups are possible.
    void wait() { pthread_cond_wait(&condition_, &mutex_); }
    void signal() { pthread_cond_signal(&condition_); }
    void signal_all() { pthread_cond_broadcast(&condition_); }

private:
    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition_ = PTHREAD_COND_INITIALIZER;
};

/// Holds the lock for its lifetime.
class LockGuard {
public:
    explicit LockGuard(NativeMutex& mutex) : mutex_(mutex) { mutex_.lock(); }
    LockGuard(const LockGuard&) = delete;
    LockGuard& operator=(const LockGuard&) = delete;
    ~LockGuard() { mutex_.unlock(); }

private:
    NativeMutex& mutex_;
};

}  // namespace runtime_2014::native
