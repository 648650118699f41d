// SPDX-License-Identifier: MIT
//
// RunQueue: a worker's ring of tasks; its holder pushes, its holder and thieves take.
//
// FIFO. Head and tail count up and wrap; a slot is the count modulo 256. Orders: `push` publishes the
// slot by the release of the tail, takers acquire it; takers move the head by compare-exchange with release, and
// `push` acquires it, so a slot is written again only after its taker has read it.
//
// With a thousand tasks, neither record nor stack is in the cache when a task's turn comes, so `pop` prefetches those
// of the next tasks. (8 % of an echo server with 1,000 connections.) The address at which a task left its stack is
// copied into the slot, because the record of a task that was stolen meanwhile may be gone.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace green {

class Task;

class RunQueue {
public:
    static constexpr std::uint32_t capacity = 256;
    static constexpr std::size_t max_injected = capacity / 4;  // tasks that a worker takes from the injector at a time

    /// Puts `task`, which left its stack at `stack`, at the end; false when the ring is full. The holder only.
    [[nodiscard]] bool push(Task* task, const void* stack) noexcept {
        const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_.load(std::memory_order_acquire) == capacity) {
            return false;
        }
        slots_[tail % capacity].task.store(task, std::memory_order_relaxed);
        slots_[tail % capacity].stack.store(stack, std::memory_order_relaxed);
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }

    /// Takes the first; null when there is none. The holder only; without thieves no other thread takes.
    [[nodiscard]] Task* pop(bool has_thieves) noexcept {
        std::uint32_t head = head_.load(std::memory_order_relaxed);
        for (;;) {
            const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
            if (head == tail) {
                return nullptr;
            }
            Task* task = slots_[head % capacity].task.load(std::memory_order_relaxed);
            if (!has_thieves) {
                head_.store(head + 1, std::memory_order_release);
            } else if (!head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel,
                                                    std::memory_order_relaxed)) {
                continue;
            }
            if (tail - head > few) {
                fetch_after(head);
            }
            return task;
        }
    }

    /// Takes the first and puts `task` at the end, also when the ring is full; null when it was empty. The holder
    /// only, and only without thieves.
    [[nodiscard]] Task* rotate(Task* task, const void* stack) noexcept {
        const std::uint32_t head = head_.load(std::memory_order_relaxed);
        const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
        if (head == tail) {
            return nullptr;
        }
        Task* first = slots_[head % capacity].task.load(std::memory_order_relaxed);
        if (first == nullptr) {
            __builtin_unreachable();
        }
        slots_[tail % capacity].task.store(task, std::memory_order_relaxed);
        head_.store(head + 1, std::memory_order_relaxed);
        tail_.store(tail + 1, std::memory_order_release);
        if (tail - head > few) {
            slots_[tail % capacity].stack.store(stack, std::memory_order_relaxed);
            fetch_after(head);
        }
        return first;
    }

    /// Takes half of the tasks, rounded up if `with_last`, else down, and hands each but the last to `keep`;
    /// returns the last, which the thief runs, or null. Any thread.
    template <class Keep>
    [[nodiscard]] Task* steal(bool with_last, Keep keep) noexcept {
        std::array<Task*, capacity / 2> loot;
        std::uint32_t head = head_.load(std::memory_order_acquire);
        for (;;) {
            const std::uint32_t tail = tail_.load(std::memory_order_acquire);
            const std::uint32_t there = tail - head;
            const std::uint32_t count = with_last ? there - there / 2 : there / 2;
            if (count == 0) {
                return nullptr;
            }
            if (count > capacity / 2) {  // head and tail were not read at the same time
                head = head_.load(std::memory_order_acquire);
                continue;
            }
            for (std::uint32_t i = 0; i < count; ++i) {
                loot[i] = slots_[(head + i) % capacity].task.load(std::memory_order_relaxed);
            }
            if (head_.compare_exchange_weak(head, head + count, std::memory_order_acq_rel, std::memory_order_acquire)) {
                for (std::uint32_t i = 0; i + 1 < count; ++i) {
                    keep(loot[i]);
                }
                return loot[count - 1];
            }
        }
    }

    /// A number that changes when the first task is taken. Any thread.
    [[nodiscard]] std::uint32_t taken() const noexcept { return head_.load(std::memory_order_relaxed); }

    /// How many tasks were ever put in, modulo 2^32. The holder only.
    [[nodiscard]] std::uint32_t pushed() const noexcept { return tail_.load(std::memory_order_relaxed); }

    /// How many tasks there are, approximately.
    [[nodiscard]] std::size_t size() const noexcept {
        return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed);
    }

    /// Sequentially consistent: the last look of a worker before it sleeps.
    [[nodiscard]] bool is_empty() const noexcept {
        return head_.load(std::memory_order_seq_cst) == tail_.load(std::memory_order_seq_cst);
    }

private:
    struct Slot {
        std::atomic<Task*> task{nullptr};
        std::atomic<const void*> stack{nullptr};
    };

    static constexpr std::uint32_t few = 8;  // the cache lines of so few tasks stay in the cache anyway

    /// Prefetches what the next tasks need.
    void fetch_after(std::uint32_t head) const noexcept {
        fetch(slots_[(head + 1) % capacity].stack.load(std::memory_order_relaxed));
        fetch(slots_[(head + 2) % capacity].task.load(std::memory_order_relaxed));
    }

    /// Prefetches three cache lines from `place` on; an address without memory does no harm.
    static void fetch(const void* place) noexcept {
        const auto line = reinterpret_cast<std::uintptr_t>(place);  // a null pointer has no arithmetic
        __builtin_prefetch(reinterpret_cast<const void*>(line));
        __builtin_prefetch(reinterpret_cast<const void*>(line + 64));
        __builtin_prefetch(reinterpret_cast<const void*>(line + 128));
    }

    alignas(64) std::atomic<std::uint32_t> head_{0};
    alignas(64) std::atomic<std::uint32_t> tail_{0};
    std::array<Slot, capacity> slots_{};
};

}  // namespace green
