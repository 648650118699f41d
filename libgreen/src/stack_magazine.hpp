// SPDX-License-Identifier: MIT
//
// StackMagazine: a few stacks and reservations of the runtime's pool for one worker, so that spawning and ending a task
// need no mutex. (Bonwick and Adams, "Magazines and Vmem", 2001.)
//
// LIFO. The pool maps `capacity` stacks a magazine more than are reserved, because no other worker can take a stack
// that lies in a magazine.
#pragma once

#include "stack_pool.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace green {

class StackMagazine {
public:
    static constexpr std::size_t capacity = 32;

    /// One more reservation.
    [[nodiscard]] weld::sys::Result<void> reserve(StackPool& pool) noexcept {
        if (reserved_ == 0) {
            const auto got = pool.reserve(batch);
            if (!got) {
                return std::unexpected(got.error());
            }
            reserved_ = *got;
        }
        --reserved_;
        return {};
    }

    void unreserve(StackPool& pool) noexcept {
        if (++reserved_ == capacity) {
            pool.unreserve(batch);
            reserved_ -= batch;
        }
    }

    /// As StackPool::take.
    [[nodiscard]] std::byte* take(StackPool& pool) noexcept {
        if (count_ == 0) {
            count_ = pool.take(std::span(stacks_).first(batch));
        }
        return stacks_[--count_];
    }

    void give(StackPool& pool, std::byte* stack) noexcept {
        if (count_ == capacity) {
            // The coldest stacks go.
            pool.give(std::span(stacks_).first(batch));
            std::copy(stacks_.begin() + batch, stacks_.end(), stacks_.begin());
            count_ -= batch;
        }
        stacks_[count_++] = stack;
        used_ = true;
    }

    /// Whether a stack came back since `empty`.
    [[nodiscard]] bool needs_trim() const noexcept { return used_; }

    /// Gives everything back.
    void empty(StackPool& pool) noexcept {
        pool.give(std::span(stacks_).first(count_));
        count_ = 0;
        pool.unreserve(reserved_);
        reserved_ = 0;
        used_ = false;
    }

private:
    static constexpr std::size_t batch = capacity / 2;

    std::size_t reserved_ = 0;
    std::size_t count_ = 0;
    bool used_ = false;
    std::array<std::byte*, capacity> stacks_{};
};

}  // namespace green
