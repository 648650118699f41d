// SPDX-License-Identifier: MIT
//
// mpsc: channels with many senders and one receiver.
//
//     auto [sender, receiver] = sync::mpsc::channel<Job>();        // or sync_channel<Job>(16)
//     const auto sent = sender.send(job);                          // from any thread; copies of it are more senders
//     for (Job& job : receiver) { … }                              // until all senders are gone
//
// Senders may be shared and copied. Only one thread at a time may use a receiver.
#pragma once

#include <weld/sync/channel_ends.hpp>

namespace weld::sync::mpsc {

/// Sends to an unbounded channel.
template <class T>
using Sender = UnboundedSender<T, false>;

/// Sends to a bounded channel.
template <class T>
using SyncSender = AnySender<T, false>;

/// Receives from a bounded or an unbounded channel.
template <class T>
using Receiver = AnyReceiver<T, false>;

/// Makes an unbounded channel. Throws std::bad_alloc.
template <class T>
[[nodiscard]] Ends<Sender<T>, Receiver<T>> channel() {
    return make_channel<Sender<T>, Receiver<T>, T, false>(std::nullopt);
}

/// Makes a channel that holds at most `bound` messages. If `bound` is zero, a sender waits until its message is
/// received. Throws std::bad_alloc.
template <class T>
[[nodiscard]] Ends<SyncSender<T>, Receiver<T>> sync_channel(std::size_t bound) {
    return make_channel<SyncSender<T>, Receiver<T>, T, false>(bound);
}

}  // namespace weld::sync::mpsc
