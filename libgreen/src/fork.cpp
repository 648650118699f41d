// SPDX-License-Identifier: MIT
#include "fork.hpp"

#include "carrier.hpp"

#include <weld/sys/posix/thread.hpp>

#include <atomic>

namespace green {

namespace {

constinit std::atomic<std::uint32_t> forks{0};
constinit std::atomic<bool> forked_by_task{false};
constinit std::atomic<std::uint32_t> watches{0};

void begin_child() {
    forks.fetch_add(1, std::memory_order_relaxed);
    if (this_carrier() != nullptr) {
        forked_by_task.store(true, std::memory_order_relaxed);
        set_this_carrier(nullptr);
    }
}

}  // namespace

std::uint32_t fork_count() noexcept { return forks.load(std::memory_order_relaxed); }

bool was_forked_by_task() noexcept { return forked_by_task.load(std::memory_order_relaxed); }

void watch_forks() noexcept {
    if (watches.exchange(1, std::memory_order_relaxed) == 0) {
        // If there is no memory for it, a child is not warned.
        (void)weld::sys::pthread_atfork_child(&begin_child);
    }
}

}  // namespace green
