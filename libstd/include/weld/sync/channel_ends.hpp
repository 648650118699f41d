// SPDX-License-Identifier: MIT
//
// UnboundedSender, AnySender, AnyReceiver: the two ends of a channel. `mpsc.hpp` and `mpmc.hpp` give them their names.
#pragma once

#include <weld/sync/channel.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace weld::sync {

/// The result of sending `value`.
template <class T>
SendResult<T> sent(Attempt how, T& value) {
    if (how == Attempt::Done) [[likely]] {
        return {};
    }
    constexpr ChannelError why[] = {ChannelError::Disconnected, ChannelError::Full, ChannelError::Disconnected,
                                    ChannelError::TimedOut};
    return std::unexpected(SendError<T>{why[static_cast<std::size_t>(how)], std::move(value)});
}

/// The result of receiving `value`.
template <class T>
RecvResult<T> received(Attempt how, std::optional<T>& value) {
    if (how == Attempt::Done) [[likely]] {
        return std::move(*value);
    }
    constexpr ChannelError why[] = {ChannelError::Disconnected, ChannelError::Empty, ChannelError::Disconnected,
                                    ChannelError::TimedOut};
    return std::unexpected(why[static_cast<std::size_t>(how)]);
}

/// One end of a channel. A copy is another end of the same side. Thread-safe. An end that was moved from or closed is
/// empty: sending and receiving give Disconnected, and it holds no message.
template <class T, bool many, bool is_sender>
class ChannelEnd {
public:
    ChannelEnd(ChannelEnd&& other) noexcept : channel_(std::exchange(other.channel_, nullptr)) {}
    ChannelEnd& operator=(ChannelEnd&& other) noexcept {
        ChannelEnd taken(std::move(other));
        std::swap(channel_, taken.channel_);
        return *this;
    }
    ChannelEnd(const ChannelEnd& other) noexcept
        requires(is_sender || many)
        : channel_(other.channel_) {
        if (channel_ == nullptr) {
            return;
        }
        if constexpr (is_sender) {
            channel_->add_sender();
        } else {
            channel_->add_receiver();
        }
    }
    ChannelEnd& operator=(const ChannelEnd& other) noexcept
        requires(is_sender || many)
    {
        ChannelEnd copy(other);
        std::swap(channel_, copy.channel_);
        return *this;
    }
    ~ChannelEnd() { close(); }

    /// Gives up this end, which is empty afterwards. A side is gone when its last end is.
    void close() noexcept {
        if (Channel<T, many>* const left = std::exchange(channel_, nullptr)) {
            if constexpr (is_sender) {
                left->remove_sender();
            } else {
                left->remove_receiver();
            }
        }
    }

    /// Whether both are ends of one channel.
    [[nodiscard]] bool same_channel(const ChannelEnd& other) const noexcept {
        return channel_ != nullptr && channel_ == other.channel_;
    }

    /// The number of messages that wait to be received.
    [[nodiscard]] std::size_t len() const noexcept {
        return channel_ == nullptr ? 0 : channel_->visit([](auto& queue) { return queue.len(); });
    }
    [[nodiscard]] bool is_empty() const noexcept { return len() == 0; }

    /// Whether the channel holds as many messages as it can: `try_send` would have to wait. A channel for no message is
    /// always full, also while a receiver waits.
    [[nodiscard]] bool is_full() const noexcept {
        const auto most = capacity();
        return most && len() == *most;
    }

    /// The most messages that the channel holds; nullopt for an unbounded channel and for an empty end.
    [[nodiscard]] std::optional<std::size_t> capacity() const noexcept {
        return channel_ == nullptr ? std::nullopt : channel_->capacity();
    }

protected:
    explicit ChannelEnd(Channel<T, many>& channel) noexcept : channel_(&channel) {}

    /// Null for an end that is empty.
    [[nodiscard]] Channel<T, many>* channel() const noexcept { return channel_; }

    /// Returns what `use` returns for the queue of messages; Closed for an empty end.
    template <class Use>
    [[nodiscard]] Attempt attempt(Use use) const {
        return channel_ == nullptr ? Attempt::Closed : channel_->visit(use);
    }

private:
    Channel<T, many>* channel_;
};

/// Sends to an unbounded channel, which never waits.
template <class T, bool many>
class UnboundedSender : public ChannelEnd<T, many, true> {
public:
    explicit UnboundedSender(Channel<T, many>& channel) noexcept : ChannelEnd<T, many, true>(channel) {}

    /// Sends `value`. Fails with Disconnected when no receiver is left; the error holds `value`. Throws std::bad_alloc.
    [[nodiscard]] SendResult<T> send(T value) const {
        auto* const channel = this->channel();
        return sent(channel == nullptr ? Attempt::Closed : channel->blocks().try_send(value), value);
    }
};

/// Sends to a channel of any kind.
template <class T, bool many>
class AnySender : public ChannelEnd<T, many, true> {
public:
    explicit AnySender(Channel<T, many>& channel) noexcept : ChannelEnd<T, many, true>(channel) {}

    /// Waits for room and sends `value`. Fails with Disconnected when no receiver is left; the error holds `value`. In
    /// a channel for no message it waits until `value` is received.
    [[nodiscard]] SendResult<T> send(T value) const { return send(value, nullptr); }

    /// Sends `value` if there is room, or, in a channel for no message, if a receiver waits. Fails with Full otherwise.
    [[nodiscard]] SendResult<T> try_send(T value) const {
        return sent(this->attempt([&](auto& queue) { return queue.try_send(value); }), value);
    }

    /// As `send`, at most until `deadline`, then TimedOut.
    [[nodiscard]] SendResult<T> send_until(T value, time::Instant deadline) const { return send(value, &deadline); }

    /// As `send`, at most for `wait`, then TimedOut.
    template <class Rep, class Period>
    [[nodiscard]] SendResult<T> send_for(T value, std::chrono::duration<Rep, Period> wait) const {
        const time::Instant deadline = time::deadline_after(wait);
        return send(value, &deadline);
    }

private:
    SendResult<T> send(T& value, const time::Instant* deadline) const {
        return sent(this->attempt([&](auto& queue) { return queue.send(value, deadline); }), value);
    }
};

/// Receives from a channel of any kind.
template <class T, bool many>
class AnyReceiver : public ChannelEnd<T, many, false> {
public:
    explicit AnyReceiver(Channel<T, many>& channel) noexcept : ChannelEnd<T, many, false>(channel) {}

    /// Waits for a message. Fails with Disconnected when there is no message and no sender is left.
    [[nodiscard]] RecvResult<T> recv() const noexcept { return recv(nullptr); }

    /// Receives a message if there is one. Fails otherwise: with Empty, or with Disconnected when no sender is left.
    [[nodiscard]] RecvResult<T> try_recv() const noexcept {
        std::optional<T> value;
        return received(this->attempt([&](auto& queue) { return queue.try_recv(value); }), value);
    }

    /// As `recv`, at most until `deadline`, then TimedOut.
    [[nodiscard]] RecvResult<T> recv_until(time::Instant deadline) const noexcept { return recv(&deadline); }

    /// As `recv`, at most for `wait`, then TimedOut.
    template <class Rep, class Period>
    [[nodiscard]] RecvResult<T> recv_for(std::chrono::duration<Rep, Period> wait) const noexcept {
        const time::Instant deadline = time::deadline_after(wait);
        return recv(&deadline);
    }

    /// Iterates over messages and receives each when the loop reaches it: `for (T& message : receiver)`.
    class Iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;

        Iterator(const AnyReceiver& receiver, bool waits) noexcept : receiver_(&receiver), waits_(waits) { ++*this; }

        T& operator*() const noexcept { return **message_; }
        Iterator& operator++() noexcept {
            message_.emplace(waits_ ? receiver_->recv() : receiver_->try_recv());
            return *this;
        }
        void operator++(int) noexcept { ++*this; }
        bool operator==(std::default_sentinel_t) const noexcept { return !*message_; }

    private:
        const AnyReceiver* receiver_;
        bool waits_;
        mutable std::optional<RecvResult<T>> message_;  // the message that it lends; always engaged
    };

    /// The messages, up to the end of a closed channel.
    [[nodiscard]] Iterator begin() const noexcept { return Iterator(*this, true); }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// The range that `try_iter` returns.
    struct TryIter {
        const AnyReceiver* receiver;

        [[nodiscard]] Iterator begin() const noexcept { return Iterator(*receiver, false); }
        [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    };

    /// The messages that can be received without waiting.
    [[nodiscard]] TryIter try_iter() const& noexcept { return {this}; }
    void try_iter() const&& = delete;  // it would take from a temporary

private:
    RecvResult<T> recv(const time::Instant* deadline) const noexcept {
        std::optional<T> value;
        return received(this->attempt([&](auto& queue) { return queue.recv(value, deadline); }), value);
    }
};

/// Both ends of a new channel: `auto [sender, receiver] = …`.
template <class Sender, class Receiver>
struct Ends {
    Sender sender;
    Receiver receiver;
};

/// The two ends of a new channel for `bound` messages, or unbounded without a `bound`.
template <class Sender, class Receiver, class T, bool many>
[[nodiscard]] Ends<Sender, Receiver> make_channel(std::optional<std::size_t> bound) {
    auto* const channel = new Channel<T, many>(bound);
    return {Sender(*channel), Receiver(*channel)};
}

}  // namespace weld::sync
