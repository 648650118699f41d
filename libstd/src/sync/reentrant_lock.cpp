// SPDX-License-Identifier: MIT
#include <weld/sync/reentrant_lock.hpp>

namespace weld::sync {

namespace {

/// An address that no other living thread has.
const void* this_thread() noexcept {
    constinit thread_local char here = 0;
    return &here;
}

}  // namespace

// Relaxed is enough: a thread that finds its own address wrote it itself, and only that thread removes it.
bool RawReentrantLock::is_mine() const noexcept { return owner_.load(std::memory_order_relaxed) == this_thread(); }

void RawReentrantLock::take() noexcept {
    owner_.store(this_thread(), std::memory_order_relaxed);
    times_ = 1;
}

void RawReentrantLock::lock() noexcept {
    if (is_mine()) {
        ++times_;
        return;
    }
    mutex_.lock();
    take();
}

bool RawReentrantLock::try_lock() noexcept {
    if (is_mine()) {
        ++times_;
        return true;
    }
    if (!mutex_.try_lock()) {
        return false;
    }
    take();
    return true;
}

bool RawReentrantLock::try_lock_until(time::Instant deadline) noexcept {
    if (is_mine()) {
        ++times_;
        return true;
    }
    if (!mutex_.try_lock_until(deadline)) {
        return false;
    }
    take();
    return true;
}

void RawReentrantLock::unlock() noexcept {
    assert(is_mine());
    if (--times_ == 0) {
        owner_.store(nullptr, std::memory_order_relaxed);
        mutex_.unlock();
    }
}

}  // namespace weld::sync
