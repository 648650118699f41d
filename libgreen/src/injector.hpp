// SPDX-License-Identifier: MIT
//
// Injector: an unbounded queue for any thread: the runtime's own, and the overflow of a worker's ring.
#pragma once

#include "task_list.hpp"

#include <weld/native/mutex.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace green {

class Injector {
public:
    void push(Task* task) noexcept {
        const std::lock_guard lock(mutex_);
        list_.push(task);
        size_.store(list_.size(), std::memory_order_release);
    }

    /// Takes a fair share of the tasks, at most `most`, and passes each to `keep`; returns how many.
    template <class Keep>
    std::size_t share(std::size_t workers, std::size_t most, Keep keep) noexcept {
        if (is_empty()) {
            return 0;
        }
        const std::lock_guard lock(mutex_);
        const std::size_t count = std::min((list_.size() + workers - 1) / workers, most);
        for (std::size_t i = 0; i < count; ++i) {
            keep(list_.pop());
        }
        size_.store(list_.size(), std::memory_order_release);
        return count;
    }

    /// Takes a fair share of the tasks, at most `most`, and passes each but the first to `keep`; returns the
    /// first, or null.
    template <class Keep>
    [[nodiscard]] Task* take(std::size_t workers, std::size_t most, Keep keep) noexcept {
        if (is_empty()) {
            return nullptr;
        }
        const std::lock_guard lock(mutex_);
        Task* first = list_.pop();
        if (first == nullptr) {
            return nullptr;  // another thread was faster
        }
        const std::size_t share = std::min((list_.size() + 1) / workers, most);
        for (std::size_t i = 1; i < share; ++i) {
            keep(list_.pop());
        }
        size_.store(list_.size(), std::memory_order_release);
        return first;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

    /// Sequentially consistent: the last look of a worker before it sleeps.
    [[nodiscard]] bool is_empty() const noexcept { return size_.load(std::memory_order_seq_cst) == 0; }

private:
    weld::native::Mutex mutex_;
    TaskList list_;
    std::atomic<std::size_t> size_{0};  // to be read without the mutex
};

}  // namespace green
