// SPDX-License-Identifier: MIT
//
// Ring: the queue of messages of a bounded channel. For the implementation of channels.
//
// A position holds a lap in its upper bits and an index in its lower bits; between them, in the tail alone, a bit says
// that the channel is closed. Each slot has a stamp: the tail's position when the slot is empty for that lap, one more
// when it is full. So a sender owns a slot whose stamp equals the tail that it has moved, and a receiver owns a slot
// whose stamp is the head that it has moved plus one. Neither reads the other's position, except to tell full and empty
// from busy. (D. Vyukov, bounded MPMC queue; the stamps as crossbeam's.) The store of a stamp (release) pairs with its
// load (acquire).
//
// Moving a position and checking whether the other one has moved are sequentially consistent, as are EventCount's two
// sides: a thread that prepares to wait and then still finds the ring full, or empty, cannot miss its notification.
#pragma once

#include <weld/sync/try_until.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace weld::sync {

/// `many`: whether several threads receive at once.
template <class T, bool many>
class Ring {
public:
    /// A ring for at most `capacity` messages; `capacity` is at least one. Throws std::bad_alloc.
    explicit Ring(std::size_t capacity)
        : slots_(std::make_unique<Slot[]>(capacity)),
          capacity_(capacity),
          closed_(std::bit_ceil(std::uint64_t{capacity} + 1)),
          one_lap_(closed_ * 2) {
        for (std::size_t index = 0; index < capacity; ++index) {
            slots_[index].stamp.store(index, std::memory_order_relaxed);
        }
    }

    ~Ring() { discard(); }

    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    Attempt try_send(T& value) noexcept {
        std::uint64_t tail = tail_.load(std::memory_order_relaxed);
        for (std::uint32_t pauses = 1;;) {
            if ((tail & closed_) != 0) [[unlikely]] {
                return Attempt::Closed;
            }
            Slot& slot = slots_[tail & (closed_ - 1)];
            const std::uint64_t stamp = slot.stamp.load(std::memory_order_acquire);
            if (stamp == tail) {
                if (tail_.compare_exchange_weak(tail, next(tail), std::memory_order_seq_cst,
                                                std::memory_order_relaxed)) {
                    std::construct_at(&slot.value, std::move(value));
                    slot.stamp.store(tail + 1, std::memory_order_release);
                    receivers_.notify_one();
                    return Attempt::Done;
                }
            } else {
                if (stamp + one_lap_ == tail + 1 && head_.load(std::memory_order_seq_cst) + one_lap_ == tail) {
                    return Attempt::Later;
                }
                tail = tail_.load(std::memory_order_relaxed);
            }
            look_away(pauses);
        }
    }

    Attempt try_recv(std::optional<T>& value) noexcept {
        std::uint64_t head = head_.load(std::memory_order_relaxed);
        for (std::uint32_t pauses = 1;;) {
            Slot& slot = slots_[head & (closed_ - 1)];
            const std::uint64_t stamp = slot.stamp.load(std::memory_order_acquire);
            if (stamp == head + 1) {
                if (move_head(head)) {
                    value.emplace(std::move(slot.value));
                    std::destroy_at(&slot.value);
                    slot.stamp.store(head + one_lap_, std::memory_order_release);
                    senders_.notify_one();
                    return Attempt::Done;
                }
            } else {
                if (stamp == head) {
                    if (const std::uint64_t tail = tail_.load(std::memory_order_seq_cst); (tail & ~closed_) == head) {
                        return tail == head ? Attempt::Later : Attempt::Closed;
                    }
                }
                head = head_.load(std::memory_order_relaxed);
            }
            look_away(pauses);
        }
    }

    Attempt send(T& value, const time::Instant* deadline) noexcept {
        return try_until(senders_, deadline, [&] { return try_send(value); });
    }

    Attempt recv(std::optional<T>& value, const time::Instant* deadline) noexcept {
        return try_until(receivers_, deadline, [&] { return try_recv(value); });
    }

    /// Closes the channel: nothing is sent any more. Wakes all waiters.
    void close() noexcept {
        tail_.fetch_or(closed_, std::memory_order_seq_cst);
        receivers_.notify_all();
        senders_.notify_all();
    }

    /// Destroys all messages in the queue. Called by a receiver of a closed channel, or when no other thread uses the
    /// queue.
    void discard() noexcept {
        std::optional<T> value;
        while (try_recv(value) == Attempt::Done) {
            value.reset();
        }
    }

    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// The number of messages in the queue at some moment during the call.
    [[nodiscard]] std::size_t len() const noexcept {
        for (;;) {
            const std::uint64_t tail = tail_.load(std::memory_order_seq_cst);
            const std::uint64_t head = head_.load(std::memory_order_seq_cst);
            if (tail_.load(std::memory_order_seq_cst) == tail) {
                const std::uint64_t laps = (tail & ~(one_lap_ - 1)) - (head & ~(one_lap_ - 1));
                return (laps != 0 ? capacity_ : 0) + (tail & (closed_ - 1)) - (head & (closed_ - 1));
            }
        }
    }

private:
    struct Slot {
        std::atomic<std::uint64_t> stamp;
        union {
            T value;
        };

        // The value is destroyed by the receiver that takes it.
        Slot() noexcept {}  // NOLINT(modernize-use-equals-default)
        ~Slot() {}          // NOLINT(modernize-use-equals-default)
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
    };

    [[nodiscard]] std::uint64_t next(std::uint64_t position) const noexcept {
        const std::uint64_t index = position & (closed_ - 1);
        return index + 1 < capacity_ ? position + 1 : (position & ~(one_lap_ - 1)) + one_lap_;
    }

    [[nodiscard]] bool move_head(std::uint64_t& head) noexcept {
        if constexpr (many) {
            return head_.compare_exchange_weak(head, next(head), std::memory_order_seq_cst, std::memory_order_relaxed);
        } else {
            head_.store(next(head), std::memory_order_seq_cst);
            return true;
        }
    }

    const std::unique_ptr<Slot[]> slots_;  // first: its allocation fails for an absurd capacity
    const std::size_t capacity_;
    const std::uint64_t closed_;
    const std::uint64_t one_lap_;
    alignas(apart) std::atomic<std::uint64_t> tail_{0};
    alignas(apart) std::atomic<std::uint64_t> head_{0};
    alignas(apart) native::EventCount receivers_;
    native::EventCount senders_;
};

}  // namespace weld::sync
