// SPDX-License-Identifier: MIT
//
// ChannelError, SendError, Channel: the errors and the shared state of the two ends of a channel.
//
// `mpsc.hpp` and `mpmc.hpp` make channels; `oneshot.hpp` has one for a single message. A channel is closed when all its
// senders are gone, or all its receivers. Messages that were sent before the last sender went are still received.
// Messages that no receiver can take any more are destroyed with the last receiver.
//
// A message type has to be nothrow move constructible. Making a channel, and sending to an unbounded one, may throw
// std::bad_alloc.
#pragma once

#include <weld/sync/blocks.hpp>
#include <weld/sync/rendezvous.hpp>
#include <weld/sync/ring.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weld::sync {

/// Why nothing was sent or received.
enum class ChannelError : std::uint8_t {
    Disconnected,  ///< the other side is gone
    Full,          ///< `try_send` would have to wait
    Empty,         ///< `try_recv` would have to wait
    TimedOut,      ///< the deadline passed
    Cancelled,     ///< the caller was cancelled, in a model that can
};

/// `error` as one line of English.
[[nodiscard]] WELD_API std::string_view message(ChannelError error) noexcept;

/// Why a message was not sent, and the message itself.
template <class T>
struct SendError {
    ChannelError why;
    T value;
};

template <class T>
using SendResult = std::expected<void, SendError<T>>;

template <class T>
using RecvResult = std::expected<T, ChannelError>;

/// The queue of a channel of any kind, and the count of its users. For the implementation.
template <class T, bool many>
class Channel {
public:
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message that is half moved would be lost");

    /// A channel of at most `bound` messages; unbounded without a `bound`.
    explicit Channel(std::optional<std::size_t> bound) : kind_(kind_of(bound)) {
        switch (kind_) {
            case Kind::Unbounded: std::construct_at(&blocks_); break;
            case Kind::Bounded: std::construct_at(&ring_, *bound); break;
            case Kind::Rendezvous: std::construct_at(&rendezvous_); break;
        }
    }
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() {
        visit([](auto& queue) { std::destroy_at(&queue); });
    }

    /// Returns what `use` returns for the queue of messages.
    template <class Use>
    decltype(auto) visit(Use use) {
        switch (kind_) {
            case Kind::Unbounded: return use(blocks_);
            case Kind::Bounded: return use(ring_);
            case Kind::Rendezvous: break;
        }
        return use(rendezvous_);
    }

    /// The queue of an unbounded channel.
    [[nodiscard]] Blocks<T, many>& blocks() noexcept { return blocks_; }

    /// The most messages that the channel holds; nullopt for an unbounded one.
    [[nodiscard]] std::optional<std::size_t> capacity() const noexcept {
        switch (kind_) {
            case Kind::Unbounded: return std::nullopt;
            case Kind::Bounded: return ring_.capacity();
            case Kind::Rendezvous: break;
        }
        return 0;
    }

    void add_sender() noexcept { senders_.fetch_add(1, std::memory_order_relaxed); }
    void add_receiver() noexcept { receivers_.fetch_add(1, std::memory_order_relaxed); }

    void remove_sender() noexcept {
        if (senders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            visit([](auto& queue) { queue.close(); });
            leave();
        }
    }

    void remove_receiver() noexcept {
        if (receivers_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            visit([](auto& queue) {
                queue.close();
                queue.discard();
            });
            leave();
        }
    }

private:
    enum class Kind : std::uint8_t { Unbounded, Bounded, Rendezvous };

    static Kind kind_of(std::optional<std::size_t> bound) noexcept {
        if (!bound) {
            return Kind::Unbounded;
        }
        return *bound == 0 ? Kind::Rendezvous : Kind::Bounded;
    }

    /// One side leaves. The second side to leave deletes the channel.
    void leave() noexcept {
        if (one_side_left_.exchange(true, std::memory_order_acq_rel)) {
            delete this;
        }
    }

    const Kind kind_;
    std::atomic<bool> one_side_left_{false};
    std::atomic<std::uint32_t> senders_{1};
    std::atomic<std::uint32_t> receivers_{1};
    union {
        Blocks<T, many> blocks_;
        Ring<T, many> ring_;
        Rendezvous<T> rendezvous_;
    };
};

}  // namespace weld::sync
