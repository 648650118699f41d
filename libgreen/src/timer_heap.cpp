// SPDX-License-Identifier: MIT
//
// Fredman, Sedgewick, Sleator, Tarjan: "The Pairing Heap" (1986), the two-pass variant.
#include "timer_heap.hpp"

#include <mutex>
#include <utility>

namespace green {

/// One heap of two; neither root has a sibling.
Timer* TimerHeap::meld(Timer* left, Timer* right) noexcept {
    if (left == nullptr || right == nullptr) {
        return left != nullptr ? left : right;
    }
    if (right->deadline < left->deadline) {
        std::swap(left, right);
    }
    right->before = left;
    right->sibling = left->child;
    if (left->child != nullptr) {
        left->child->before = right;
    }
    left->child = right;
    return left;
}

/// One heap of the siblings from `first` on: melds them in pairs, then the pairs from the last to the first.
Timer* TimerHeap::pair(Timer* first) noexcept {
    Timer* pairs = nullptr;  // the pairs so far, the last in front, linked by `sibling`
    while (first != nullptr) {
        Timer* left = first;
        Timer* right = left->sibling;
        first = right != nullptr ? right->sibling : nullptr;
        left->sibling = nullptr;
        if (right != nullptr) {
            right->sibling = nullptr;
        }
        Timer* melded = meld(left, right);
        melded->sibling = pairs;
        pairs = melded;
    }
    Timer* whole = nullptr;
    while (pairs != nullptr) {
        Timer* next = pairs->sibling;
        pairs->sibling = nullptr;
        whole = meld(whole, pairs);
        pairs = next;
    }
    if (whole != nullptr) {
        whole->before = nullptr;
    }
    return whole;
}

void TimerHeap::erase(Timer& timer) noexcept {
    Timer* below = pair(std::exchange(timer.child, nullptr));
    if (&timer == first_) {
        first_ = below;
    } else {
        (timer.before->child == &timer ? timer.before->child : timer.before->sibling) = timer.sibling;
        if (timer.sibling != nullptr) {
            timer.sibling->before = timer.before;
        }
        timer.sibling = nullptr;
        first_ = meld(first_, below);
    }
    timer.before = nullptr;
    timer.is_in = false;
    publish();
}

void TimerHeap::insert(Timer& timer) noexcept {
    const std::lock_guard lock(mutex_);
    timer.is_in = true;
    first_ = meld(first_, &timer);
    publish();
}

void TimerHeap::remove(Timer& timer) noexcept {
    const std::lock_guard lock(mutex_);
    if (timer.is_in) {
        erase(timer);
    }
}

void TimerHeap::publish() noexcept {
    earliest_.store(first_ == nullptr ? Instant::max() : first_->deadline, std::memory_order_relaxed);
}

bool TimerHeap::take_due_task(Instant now, Task*& task) noexcept {
    const std::lock_guard lock(mutex_);
    if (first_ == nullptr || first_->deadline > now) {
        return false;
    }
    Timer& timer = *first_;
    erase(timer);
    task = timer.due(timer);
    return true;
}

}  // namespace green
