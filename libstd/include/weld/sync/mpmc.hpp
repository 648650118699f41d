// SPDX-License-Identifier: MIT
//
// mpmc: channels with many senders and many receivers. Each message is received once.
//
//     auto [sender, receiver] = sync::mpmc::sync_channel<Job>(16);
//     auto another = receiver;                                     // for another thread
//
// Both ends may be shared and copied. With one receiver, `mpsc.hpp` costs less.
#pragma once

#include <weld/sync/channel_ends.hpp>

namespace weld::sync::mpmc {

template <class T>
using Sender = AnySender<T, true>;

template <class T>
using Receiver = AnyReceiver<T, true>;

/// Makes an unbounded channel. Throws std::bad_alloc.
template <class T>
[[nodiscard]] Ends<Sender<T>, Receiver<T>> channel() {
    return make_channel<Sender<T>, Receiver<T>, T, true>(std::nullopt);
}

/// Makes a channel that holds at most `bound` messages. If `bound` is zero, a sender waits until its message is
/// received. Throws std::bad_alloc.
template <class T>
[[nodiscard]] Ends<Sender<T>, Receiver<T>> sync_channel(std::size_t bound) {
    return make_channel<Sender<T>, Receiver<T>, T, true>(bound);
}

}  // namespace weld::sync::mpmc
