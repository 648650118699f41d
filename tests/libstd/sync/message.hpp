// SPDX-License-Identifier: MIT
//
// Message: what is sent when it matters that nothing leaks, ends twice, or is used after its end.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace test {

/// What became of messages.
struct Tally {
    std::atomic<long> alive{0};   ///< objects, those that were moved from among them
    std::atomic<long> broken{0};  ///< ends of what was not alive, moves from what held nothing

    [[nodiscard]] bool is_clean() const { return alive.load() == 0 && broken.load() == 0; }
};

/// The `number`th message of `sender`. Only movable.
template <std::size_t size = 1, std::size_t alignment = alignof(std::uint64_t)>
class alignas(alignment) Message {
public:
    Message(Tally& tally, int sender, int number) noexcept : tally_(&tally), sender_(sender), number_(number) {
        tally_->alive.fetch_add(1, std::memory_order_relaxed);
        last_ = filling();
    }
    Message(Message&& other) noexcept
        : tally_(other.tally_), sender_(other.sender_), number_(std::exchange(other.number_, -1)), last_(other.last_) {
        tally_->alive.fetch_add(1, std::memory_order_relaxed);
        if (other.state_ != living || last_ != filling() || reinterpret_cast<std::uintptr_t>(this) % alignment != 0) {
            tally_->broken.fetch_add(1, std::memory_order_relaxed);
        }
    }
    Message& operator=(Message&& other) noexcept {
        std::swap(number_, other.number_);
        std::swap(sender_, other.sender_);
        last_ = filling();
        other.last_ = other.filling();
        return *this;
    }
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;
    ~Message() {
        if (std::exchange(state_, ended) != living) {
            tally_->broken.fetch_add(1, std::memory_order_relaxed);
        }
        tally_->alive.fetch_sub(1, std::memory_order_relaxed);
    }

    [[nodiscard]] int sender() const noexcept { return sender_; }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    static constexpr std::uint32_t living = 0x600d600d;
    static constexpr std::uint32_t ended = 0xdeadbeef;

    [[nodiscard]] unsigned char filling() const noexcept { return static_cast<unsigned char>(sender_ * 31 + 7); }

    Tally* tally_;
    volatile std::uint32_t state_ = living;  // written when it ends, though nobody may read it then
    int sender_;
    int number_;
    unsigned char between_[size]{};
    unsigned char last_ = 0;
};

/// Numbers that look random, the same ones each time.
class Dice {
public:
    explicit Dice(std::uint64_t seed) noexcept : state_(seed * 0x9e3779b97f4a7c15 + 1) {}

    /// One of 0 … `sides` - 1.
    std::uint32_t roll(std::uint32_t sides) noexcept {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::uint32_t>((state_ >> 32) % sides);
    }

private:
    std::uint64_t state_;
};

}  // namespace test
