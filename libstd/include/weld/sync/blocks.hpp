// SPDX-License-Identifier: MIT
//
// Blocks: the queue of messages of an unbounded channel. For the implementation of channels.
//
// A linked list of blocks of 31 slots. A position counts slots, and one more for each block. This extra position stands
// for the moment between the last slot of a block and the first slot of the next: a thread that finds it waits for the
// thread that took the last slot, which links the next block. The lowest bit of the tail's position says that the
// channel is closed. A sender allocates the next block before it takes the last slot, so a failed allocation changes
// nothing. (The list of crossbeam's channels.)
//
// Moving a position and checking whether the tail has moved are sequentially consistent, as are EventCount's two sides:
// a receiver that prepares to wait and then still finds no message cannot miss its notification.
#pragma once

#include <weld/sync/block.hpp>
#include <weld/sync/try_until.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace weld::sync {

/// `many`: whether several threads receive at once.
template <class T, bool many>
class Blocks {
public:
    /// Throws std::bad_alloc.
    Blocks() {
        auto* const first = new Block;
        tail_block_.store(first, std::memory_order_relaxed);
        head_block_.store(first, std::memory_order_relaxed);
    }

    ~Blocks() {
        discard();
        delete head_block_.load(std::memory_order_relaxed);
    }

    Blocks(const Blocks&) = delete;
    Blocks& operator=(const Blocks&) = delete;

    /// Never waits. Throws std::bad_alloc; then nothing was sent.
    Attempt try_send(T& value) {
        std::unique_ptr<Block> next;
        for (std::uint32_t pauses = 1;;) {
            std::uint64_t tail = tail_.load(std::memory_order_acquire);
            Block* const block = tail_block_.load(std::memory_order_acquire);
            if ((tail & closed) != 0) [[unlikely]] {
                return Attempt::Closed;
            }
            const std::size_t index = index_of(tail);
            const bool is_last = index + 1 == Block::size;
            if (is_last && next == nullptr) [[unlikely]] {
                next = std::make_unique<Block>();
            }
            if (index < Block::size &&
                tail_.compare_exchange_weak(tail, tail + one, std::memory_order_seq_cst, std::memory_order_relaxed)) {
                if (is_last) [[unlikely]] {
                    link(*block, next.release());
                }
                block->write(index, value);
                receivers_.notify_one();
                return Attempt::Done;
            }
            look_away(pauses);
        }
    }

    Attempt try_recv(std::optional<T>& value) noexcept {
        if constexpr (many) {
            return try_recv_among_many(value);
        } else {
            return try_recv_alone(value);
        }
    }

    Attempt send(T& value, const time::Instant*) { return try_send(value); }

    Attempt recv(std::optional<T>& value, const time::Instant* deadline) noexcept {
        return try_until(receivers_, deadline, [&] { return try_recv(value); });
    }

    /// Closes the channel: nothing is sent any more. Wakes all waiters.
    void close() noexcept {
        tail_.fetch_or(closed, std::memory_order_seq_cst);
        receivers_.notify_all();
    }

    /// Destroys all messages in the queue. Called by a receiver of a closed channel, or when no other thread uses the
    /// queue.
    void discard() noexcept {
        std::optional<T> value;
        while (try_recv(value) == Attempt::Done) {
            value.reset();
        }
    }

    /// The number of messages in the queue at some moment during the call.
    [[nodiscard]] std::size_t len() const noexcept {
        for (;;) {
            const std::uint64_t tail = tail_.load(std::memory_order_seq_cst);
            const std::uint64_t head = head_.load(std::memory_order_seq_cst);
            if (tail_.load(std::memory_order_seq_cst) == tail) {
                return count_of(tail) - count_of(head);
            }
        }
    }

private:
    using Block = sync::Block<T, many>;

    static constexpr std::uint64_t closed = 1;
    static constexpr std::uint64_t one = 2;

    static constexpr std::size_t index_of(std::uint64_t position) noexcept {
        return (position / one) % (Block::size + 1);
    }
    /// The messages before `position`.
    static constexpr std::uint64_t count_of(std::uint64_t position) noexcept {
        const std::uint64_t places = position / one;
        return places - places / (Block::size + 1);
    }

    /// Links `next` behind `block`, whose last slot was just taken. The position passes the place between the two by an
    /// addition, since another thread may set the closed bit at the same time.
    void link(Block& block, Block* next) noexcept {
        tail_block_.store(next, std::memory_order_release);
        tail_.fetch_add(one, std::memory_order_release);
        block.link(next);
    }

    /// Later or Closed if there is no message at `head`; Done if there is one or a sender is about to write it.
    [[nodiscard]] Attempt look_at(std::uint64_t head) const noexcept {
        const std::uint64_t tail = tail_.load(std::memory_order_seq_cst);
        if (tail / one != head / one) {
            return Attempt::Done;
        }
        return (tail & closed) != 0 ? Attempt::Closed : Attempt::Later;
    }

    Attempt try_recv_alone(std::optional<T>& value) noexcept {
        const std::uint64_t head = head_.load(std::memory_order_relaxed);
        const std::size_t index = index_of(head);
        Block* const block = head_block_.load(std::memory_order_relaxed);
        if (!block->is_written(index)) {
            if (const Attempt how = look_at(head); how != Attempt::Done) {
                return how;
            }
        }
        block->read(index, value);
        const bool was_last = index + 1 == Block::size;
        if (was_last) [[unlikely]] {
            head_block_.store(block->wait_next(), std::memory_order_relaxed);
            delete block;
        }
        head_.store(head + (was_last ? 2 * one : one), std::memory_order_release);  // pairs with the load in len()
        return Attempt::Done;
    }

    Attempt try_recv_among_many(std::optional<T>& value) noexcept {
        for (std::uint32_t pauses = 1;;) {
            std::uint64_t head = head_.load(std::memory_order_acquire);
            Block* const block = head_block_.load(std::memory_order_acquire);
            const std::size_t index = index_of(head);
            if (index < Block::size) {
                if (const Attempt how = look_at(head); how != Attempt::Done) {
                    return how;
                }
                if (head_.compare_exchange_weak(head, head + one, std::memory_order_seq_cst,
                                                std::memory_order_relaxed)) {
                    if (index + 1 == Block::size) {
                        head_block_.store(block->wait_next(), std::memory_order_release);
                        head_.fetch_add(one, std::memory_order_release);
                    }
                    block->read(index, value);
                    block->finish(index);
                    return Attempt::Done;
                }
            }
            look_away(pauses);
        }
    }

    alignas(apart) std::atomic<std::uint64_t> tail_{0};
    std::atomic<Block*> tail_block_;
    alignas(apart) std::atomic<std::uint64_t> head_{0};
    std::atomic<Block*> head_block_;
    alignas(apart) native::EventCount receivers_;
};

}  // namespace weld::sync
