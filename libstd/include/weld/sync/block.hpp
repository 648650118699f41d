// SPDX-License-Identifier: MIT
//
// Block: 31 messages of an unbounded channel. Each slot is written once and read once. For `blocks.hpp`.
//
// A slot's state says that the slot is written (release, pairs with the acquire of its reader). With many receivers it
// also says that the slot is read, and that its reader has to delete the block: the reader of the last slot deletes the
// block, unless an earlier slot is still being read. A single receiver deletes a block after it has read the last slot,
// since no sender uses the block any more by then.
#pragma once

#include <weld/sync/try_until.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace weld::sync {

/// `many`: whether several threads receive at once.
template <class T, bool many>
class Block {
public:
    static constexpr std::size_t size = 31;

    /// Moves `value` into the slot `index`, which the caller owns.
    void write(std::size_t index, T& value) noexcept {
        Slot& slot = slots_[index];
        std::construct_at(&slot.value, std::move(value));
        if constexpr (many) {
            slot.state.fetch_or(written, std::memory_order_release);
        } else {
            slot.state.store(written, std::memory_order_release);
        }
    }

    [[nodiscard]] bool is_written(std::size_t index) const noexcept {
        return (slots_[index].state.load(std::memory_order_acquire) & written) != 0;
    }

    /// Moves the message out of the slot `index`, which the caller owns. The slot is written, or a sender is about to
    /// write it.
    void read(std::size_t index, std::optional<T>& value) noexcept {
        for (std::uint32_t pauses = 1; !is_written(index);) {
            look_away(pauses);
        }
        Slot& slot = slots_[index];
        value.emplace(std::move(slot.value));
        std::destroy_at(&slot.value);
    }

    /// Links `next` behind this block.
    void link(Block* next) noexcept { next_.store(next, std::memory_order_release); }

    /// The next block. The thread that took the last slot is about to link it.
    [[nodiscard]] Block* wait_next() const noexcept {
        for (std::uint32_t pauses = 1;;) {
            if (Block* next = next_.load(std::memory_order_acquire)) {
                return next;
            }
            look_away(pauses);
        }
    }

    /// Says that the caller, one of many receivers, has read the slot `index` and does not use the block any more.
    /// Deletes the block if the caller is its last reader.
    void finish(std::size_t index) noexcept {
        if (index + 1 == size) {
            end(0);
        } else if ((slots_[index].state.fetch_or(was_read, std::memory_order_acq_rel) & block_ends) != 0) {
            end(index + 1);
        }
    }

private:
    static constexpr std::uint32_t written = 1;
    static constexpr std::uint32_t was_read = 2;
    static constexpr std::uint32_t block_ends = 4;

    struct Slot {
        union {
            T value;
        };
        std::atomic<std::uint32_t> state{0};

        // The value is destroyed by the receiver that takes it.
        Slot() noexcept {}  // NOLINT(modernize-use-equals-default)
        ~Slot() {}          // NOLINT(modernize-use-equals-default)
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
    };

    /// Deletes the block, whose slots before `from` and whose last slot are read, or leaves that to the reader of
    /// another slot.
    void end(std::size_t from) noexcept {
        for (std::size_t index = from; index + 1 < size; ++index) {
            auto& state = slots_[index].state;
            if ((state.load(std::memory_order_acquire) & was_read) == 0 &&
                (state.fetch_or(block_ends, std::memory_order_acq_rel) & was_read) == 0) {
                return;
            }
        }
        delete this;
    }

    std::atomic<Block*> next_{nullptr};
    std::array<Slot, size> slots_;
};

}  // namespace weld::sync
