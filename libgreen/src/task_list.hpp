// SPDX-License-Identifier: MIT
//
// TaskList: a FIFO list of tasks, linked through the tasks themselves.
#pragma once

#include <green/task.hpp>

#include <cstddef>
#include <utility>

namespace green {

class TaskList {
public:
    void push(Task* task) noexcept {
        task->next_ = nullptr;
        (last_ == nullptr ? first_ : last_->next_) = task;
        last_ = task;
        ++size_;
    }

    /// Takes the first; null when there is none.
    [[nodiscard]] Task* pop() noexcept {
        Task* task = first_;
        if (task != nullptr) {
            first_ = std::exchange(task->next_, nullptr);
            if (first_ == nullptr) {
                last_ = nullptr;
            }
            --size_;
        }
        return task;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    Task* first_ = nullptr;
    Task* last_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace green
