// SPDX-License-Identifier: MIT
//
// oneshot: a channel for one message.
//
//     auto [sender, receiver] = sync::oneshot::channel<Answer>();
//     const auto sent = std::move(sender).send(answer);            auto answer = std::move(receiver).recv();
//
// Both ends share one block of memory. Its word holds the state: who is gone, and whether the message is there. An end
// that finds the other gone frees the block. After an end has written its final state it does not read the block again:
// it wakes the other end by the address alone.
#pragma once

#include <weld/native/futex.hpp>
#include <weld/sync/channel_ends.hpp>
#include <weld/sync/held.hpp>

#include <memory>
#include <utility>

namespace weld::sync::oneshot {

/// The state that both ends share. For the implementation.
template <class T>
class Block {
public:
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message that is half moved would be lost");

    Block() noexcept {}
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() {}  // the value was destroyed by the end that had it

    /// False when the receiver is gone: then `value` is unchanged and the block is freed.
    [[nodiscard]] bool send(T& value) noexcept {
        std::construct_at(&value_, std::move(value));
        if (say(sent)) {
            return true;
        }
        std::destroy_at(&value);
        std::construct_at(&value, std::move(value_));
        std::destroy_at(&value_);
        delete this;
        return false;
    }

    /// The sender leaves without having sent.
    void drop_sender() noexcept {
        if (!say(sender_gone)) {
            delete this;
        }
    }

    void drop_receiver() noexcept {
        const std::uint32_t before = word_.exchange(receiver_gone, std::memory_order_acq_rel);
        if (before == sent) {
            std::destroy_at(&value_);
        }
        if (before == sent || before == sender_gone) {
            delete this;
        }
    }

    /// Done, and the block is freed; or why no message was received.
    [[nodiscard]] Attempt try_recv(std::optional<T>& value) noexcept {
        const std::uint32_t seen = word_.load(std::memory_order_acquire);
        if (seen != sent) {
            return seen == sender_gone ? Attempt::Closed : Attempt::Later;
        }
        value.emplace(std::move(value_));
        std::destroy_at(&value_);
        delete this;
        return Attempt::Done;
    }

    [[nodiscard]] Attempt recv(std::optional<T>& value, const time::Instant* deadline) noexcept {
        (void)look_until([&] { return word_.load(std::memory_order_relaxed) != empty; }, 1);
        std::uint32_t expected = empty;
        word_.compare_exchange_strong(expected, asleep, std::memory_order_relaxed);
        while (word_.load(std::memory_order_relaxed) == asleep) {
            if (deadline == nullptr) {
                native::futex_wait(word_, asleep);
            } else if (native::futex_wait_until(word_, asleep, *deadline) == native::Woken::TimedOut) {
                expected = asleep;
                if (word_.compare_exchange_strong(expected, empty, std::memory_order_relaxed)) {
                    return Attempt::TimedOut;
                }
            }
        }
        return try_recv(value);
    }

private:
    static constexpr std::uint32_t empty = 0;
    static constexpr std::uint32_t asleep = 1;  // the receiver is asleep
    static constexpr std::uint32_t sent = 2;
    static constexpr std::uint32_t sender_gone = 3;
    static constexpr std::uint32_t receiver_gone = 4;

    /// Writes the sender's final state, `what`, and wakes a sleeping receiver. False when the receiver is gone.
    [[nodiscard]] bool say(std::uint32_t what) noexcept {
        const auto* const word = &word_;
        const std::uint32_t before = word_.exchange(what, std::memory_order_acq_rel);
        if (before == asleep) {
            native::futex_wake(word, 1);
        }
        return before != receiver_gone;
    }

    native::FutexWord word_{empty};
    union {
        T value_;
    };
};

/// Sends the one message. Counts as moved from afterwards.
template <class T>
class Sender {
public:
    explicit Sender(Block<T>& block) noexcept : block_(block) {}

    /// Sends `value`. Fails with Disconnected, and the error holds `value`, when the receiver is gone, or this sender
    /// has sent or was moved from.
    [[nodiscard]] SendResult<T> send(T value) && {
        auto* const block = block_.take();
        return sent(block != nullptr && block->send(value) ? Attempt::Done : Attempt::Closed, value);
    }
    void send(T value) const& = delete;  // consumes: std::move(sender).send(value)

private:
    static void give_back(Block<T>& block) noexcept { block.drop_sender(); }

    Held<Block<T>, &Sender::give_back> block_;
};

/// Receives the one message. Counts as moved from afterwards.
template <class T>
class Receiver {
public:
    explicit Receiver(Block<T>& block) noexcept : block_(block) {}

    /// Waits for the message. Fails with Disconnected when the sender left without sending, or the message was received
    /// before.
    [[nodiscard]] RecvResult<T> recv() noexcept { return recv(nullptr); }

    /// Receives the message if it is there. Fails otherwise: with Empty, or with Disconnected.
    [[nodiscard]] RecvResult<T> try_recv() noexcept {
        std::optional<T> value;
        return ended(block_.is_empty() ? Attempt::Closed : block_->try_recv(value), value);
    }

    /// As `recv`, at most until `deadline`, then TimedOut.
    [[nodiscard]] RecvResult<T> recv_until(time::Instant deadline) noexcept { return recv(&deadline); }

    /// As `recv`, at most for `wait`, then TimedOut.
    template <class Rep, class Period>
    [[nodiscard]] RecvResult<T> recv_for(std::chrono::duration<Rep, Period> wait) noexcept {
        const time::Instant deadline = time::deadline_after(wait);
        return recv(&deadline);
    }

private:
    RecvResult<T> recv(const time::Instant* deadline) noexcept {
        std::optional<T> value;
        return ended(block_.is_empty() ? Attempt::Closed : block_->recv(value, deadline), value);
    }

    RecvResult<T> ended(Attempt how, std::optional<T>& value) noexcept {
        if (how == Attempt::Done) {
            (void)block_.take();  // the block is freed
        }
        return received(how, value);
    }

    static void give_back(Block<T>& block) noexcept { block.drop_receiver(); }

    Held<Block<T>, &Receiver::give_back> block_;
};

/// Makes a channel for one message. Throws std::bad_alloc.
template <class T>
[[nodiscard]] Ends<Sender<T>, Receiver<T>> channel() {
    auto* const block = new Block<T>;
    return {Sender<T>(*block), Receiver<T>(*block)};
}

}  // namespace weld::sync::oneshot
