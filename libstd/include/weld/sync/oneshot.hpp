// SPDX-License-Identifier: MIT
//
// oneshot: a channel for one message.
//
//     auto [sender, receiver] = sync::oneshot::channel<Answer>();
//     const auto sent = std::move(sender).send(answer);            auto answer = std::move(receiver).recv();
//
// One block of memory for both ends. One word says who still has it: who finds the other gone ends the block; who has
// said its last does not look at it again, and wakes by the address alone.
#pragma once

#include <weld/native/futex.hpp>
#include <weld/sync/channel_ends.hpp>
#include <weld/sync/held.hpp>

#include <memory>
#include <utility>

namespace weld::sync::oneshot {

/// What both ends share. For the implementation.
template <class T>
class Block {
public:
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message that is half moved would be lost");

    Block() noexcept {}
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() {}  // what is in it was ended by who had it

    /// False when the receiver is gone; `value` is as it was then, and the block ended.
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

    /// The sender goes without having sent.
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

    /// Done, with the block ended, or why not.
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
    static constexpr std::uint32_t asleep = 1;  // the receiver sleeps
    static constexpr std::uint32_t sent = 2;
    static constexpr std::uint32_t sender_gone = 3;
    static constexpr std::uint32_t receiver_gone = 4;

    /// The sender's last word; false when the receiver is gone.
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

/// Sends the one message. Moved from once it has.
template <class T>
class Sender {
public:
    explicit Sender(Block<T>& block) noexcept : block_(block) {}

    /// Sends `value`; Disconnected gives it back when the receiver is gone, or this has sent or was moved from.
    [[nodiscard]] SendResult<T> send(T value) && {
        auto* const block = block_.take();
        return sent(block != nullptr && block->send(value) ? Attempt::Done : Attempt::Closed, value);
    }
    void send(T value) const& = delete;  // consumes: std::move(sender).send(value)

private:
    static void give_back(Block<T>& block) noexcept { block.drop_sender(); }

    Held<Block<T>, &Sender::give_back> block_;
};

/// Receives the one message. Moved from once it has.
template <class T>
class Receiver {
public:
    explicit Receiver(Block<T>& block) noexcept : block_(block) {}

    /// Waits for the message; Disconnected when the sender went without one, or the message was received.
    [[nodiscard]] RecvResult<T> recv() noexcept { return recv(nullptr); }

    /// The message if it is there, else Empty, or Disconnected.
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
            (void)block_.take();  // it has ended
        }
        return received(how, value);
    }

    static void give_back(Block<T>& block) noexcept { block.drop_receiver(); }

    Held<Block<T>, &Receiver::give_back> block_;
};

/// A channel for one message. Throws std::bad_alloc.
template <class T>
[[nodiscard]] Ends<Sender<T>, Receiver<T>> channel() {
    auto* const block = new Block<T>;
    return {Sender<T>(*block), Receiver<T>(*block)};
}

}  // namespace weld::sync::oneshot
