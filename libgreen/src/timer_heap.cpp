// SPDX-License-Identifier: MIT
//
// Fredman, Sedgewick, Sleator, Tarjan: "The Pairing Heap" (1986), the two-pass variant.
#include "timer_heap.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t most_loose = 32;

/// The index of the heap for a timer that is due after `wait`.
std::uint8_t span_of(std::chrono::nanoseconds wait) noexcept {
    return wait < 8ms ? 0 : wait < 64ms ? 1 : wait < 512ms ? 2 : 3;
}

}  // namespace

/// Melds two heaps into one; neither root has a sibling.
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

/// Makes one heap of the siblings from `first` on: melds them in pairs, then the pairs from the last to the first.
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

/// Melds the loose children of the first timer into one child.
void TimerHeap::tidy(Heap& heap) noexcept {
    Timer& first = *heap.first;
    Timer* last = first.child;
    for (std::uint32_t i = 1; i < heap.loose && last->sibling != nullptr; ++i) {
        last = last->sibling;
    }
    Timer* rest = std::exchange(last->sibling, nullptr);
    Timer* paired = pair(first.child);
    paired->before = &first;
    paired->sibling = rest;
    if (rest != nullptr) {
        rest->before = paired;
    }
    first.child = paired;
    heap.loose = 0;
}

void TimerHeap::erase(Timer& timer) noexcept {
    Heap& heap = heaps_[timer.span];
    Timer* below = pair(std::exchange(timer.child, nullptr));
    if (&timer == heap.first) {
        heap = {.first = below};
    } else {
        (timer.before->child == &timer ? timer.before->child : timer.before->sibling) = timer.sibling;
        if (timer.sibling != nullptr) {
            timer.sibling->before = timer.before;
        }
        timer.sibling = nullptr;
        heap.first = meld(heap.first, below);
    }
    timer.before = nullptr;
    timer.is_in = false;
}

void TimerHeap::insert(Timer& timer) noexcept {
    const std::lock_guard lock(mutex_);
    timer.is_in = true;
    timer.deadline = std::max(timer.deadline, present_);
    timer.span = span_of(timer.deadline - present_);
    Heap& heap = heaps_[timer.span];
    Timer* before = heap.first;
    heap.first = meld(before, &timer);
    heap.loose = heap.first == before ? heap.loose + 1 : 0;
    if (heap.loose == most_loose) {
        tidy(heap);
    }
    publish();
}

void TimerHeap::remove(Timer& timer) noexcept {
    const std::lock_guard lock(mutex_);
    if (timer.is_in) {
        erase(timer);
        publish();
    }
}

void TimerHeap::publish() noexcept {
    Instant earliest = Instant::max();
    for (const Heap& heap : heaps_) {
        earliest = heap.first == nullptr ? earliest : std::min(earliest, heap.first->deadline);
    }
    earliest_.store(earliest, std::memory_order_relaxed);
}

std::size_t TimerHeap::collect(Instant now, std::size_t most, TaskList& woken) noexcept {
    const std::lock_guard lock(mutex_);
    std::size_t taken = 0;
    for (std::size_t before = SIZE_MAX; taken != before && taken < most;) {
        before = taken;
        for (const Heap& heap : heaps_) {
            if (taken == most || heap.first == nullptr || heap.first->deadline > now) {
                continue;
            }
            Timer& timer = *heap.first;
            erase(timer);
            ++taken;
            if (Task* task = timer.due(timer)) {
                woken.push(task);
            }
        }
    }
    publish();
    return taken;
}

}  // namespace green
