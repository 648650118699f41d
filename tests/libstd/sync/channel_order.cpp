// SPDX-License-Identifier: MIT
//
// Channels: each message arrives once and whole, those of one sender in FIFO order, and is destroyed once; for few and
// many senders and receivers, and messages of all sizes.
#include "channels.hpp"
#include "message.hpp"

#include <atomic>
#include <memory>
#include <vector>

using test::channel;
using test::Dice;
using test::drop;
using test::in_each_kind;
using test::Message;
using test::rounds;
using test::spawn;
using test::Tally;

namespace {

struct Crowd {
    int senders;
    int receivers;
    int each;  // messages of one sender
};

/// Sends its messages, now and then letting others run first; whether all were sent.
template <class M, class Sender>
bool send_all(const Sender& sender, Tally& tally, int self, int each) {
    Dice dice(static_cast<std::uint64_t>(self) + 1);
    for (int number = 0; number < each; ++number) {
        if (!sender.send(M(tally, self, number))) {
            return false;
        }
        if (dice.roll(64) == 0) {
            weld::thread::yield_now();
        }
    }
    return true;
}

/// Receives until the channel is closed, and counts in `times` how often each message came; whether the messages of
/// each sender came in their order.
template <class Receiver>
bool receive_all(const Receiver& receiver, const Crowd& crowd, std::vector<std::atomic<int>>& times, int self) {
    Dice dice(static_cast<std::uint64_t>(self) + 100);
    std::vector<int> last(static_cast<std::size_t>(crowd.senders), -1);
    bool in_order = true;
    for (const auto& message : receiver) {
        int& before = last.at(static_cast<std::size_t>(message.sender()));
        in_order = in_order && before < message.number();
        before = message.number();
        times.at(static_cast<std::size_t>(message.sender() * crowd.each + message.number())).fetch_add(1);
        if (dice.roll(64) == 0) {
            weld::thread::yield_now();
        }
    }
    return in_order;
}

/// A crowd exchanges messages over one channel, and nothing is lost, doubled, out of order or left.
template <class M, class Kind>
void exchange(Kind kind, std::size_t bound, const Crowd& crowd) {
    Tally tally;
    std::vector<std::atomic<int>> times(static_cast<std::size_t>(crowd.senders * crowd.each));
    {
        auto [sender, receiver] = channel<M>(kind, bound);
        std::vector<weld::thread::JoinHandle<bool>> threads;
        for (int self = 0; self < crowd.senders; ++self) {
            threads.push_back(spawn(
                [sender = sender, &tally, self, each = crowd.each] { return send_all<M>(sender, tally, self, each); }));
        }
        drop(std::move(sender));
        if constexpr (kind.many) {
            for (int self = 1; self < crowd.receivers; ++self) {
                threads.push_back(spawn(
                    [receiver = receiver, &crowd, &times, self] { return receive_all(receiver, crowd, times, self); }));
            }
        }
        CHECK(receive_all(receiver, crowd, times, 0));
        for (auto& thread : threads) {
            CHECK(std::move(thread).join());
        }
    }
    int wrong = 0;
    for (const auto& count : times) {
        wrong += count.load() == 1 ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK(tally.alive.load() == 0);
    CHECK(tally.broken.load() == 0);
}

}  // namespace

TEST_CASE("each message is received once, and those of one sender in FIFO order",
          "[sync][ancestor:mpsc_queue.test][ancestor:spsc.smoke_bound]") {
    in_each_kind([](auto kind) {
        test::with_each_bound(kind, [kind](std::size_t bound) {
            for (const int senders : {1, 2, 4}) {
                for (const int receivers : {1, 2, 4}) {
                    if (kind.many || receivers == 1) {
                        exchange<Message<>>(kind, bound,
                                            {.senders = senders, .receivers = receivers, .each = rounds(300)});
                    }
                }
            }
        });
    });
}

TEST_CASE("FIFO order holds for three senders and three receivers that share few slots", "[sync]") {
    for (const std::size_t bound : {1UZ, 2UZ, 3UZ}) {
        exchange<Message<>>(test::MpmcSync(), bound, {.senders = 3, .receivers = 3, .each = rounds(2'000)});
        exchange<Message<>>(test::MpscSync(), bound, {.senders = 3, .receivers = 1, .each = rounds(2'000)});
    }
}

TEST_CASE("blocks of an unbounded channel are freed while four senders and four receivers use them", "[sync]") {
    exchange<Message<>>(test::Mpmc(), 0, {.senders = 4, .receivers = 4, .each = rounds(20'000)});
    exchange<Message<>>(test::Mpsc(), 0, {.senders = 4, .receivers = 1, .each = rounds(20'000)});
}

TEST_CASE("messages of several KiB arrive whole", "[sync]") {
    in_each_kind([](auto kind) {
        for (const std::size_t bound : {0UZ, 1UZ, 32UZ}) {
            exchange<Message<5'000>>(kind, bound, {.senders = 2, .receivers = 2, .each = rounds(300)});
        }
    });
}

TEST_CASE("over-aligned messages are aligned wherever they are stored", "[sync]") {
    in_each_kind([](auto kind) {
        for (const std::size_t bound : {0UZ, 1UZ, 3UZ, 32UZ}) {
            exchange<Message<1, 64>>(kind, bound, {.senders = 2, .receivers = 2, .each = rounds(300)});
            exchange<Message<1, 256>>(kind, bound, {.senders = 1, .receivers = 1, .each = 70});
        }
    });
}

TEST_CASE("a message may be a move-only type", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
        auto sending = spawn([sender = std::move(sender)] {
            for (int index = 0; index < 100; ++index) {
                if (!sender.send(std::make_unique<int>(index))) {
                    return false;
                }
            }
            return true;
        });
        int next = 0;
        for (const std::unique_ptr<int>& message : receiver) {
            REQUIRE(message != nullptr);
            REQUIRE(*message == next);
            ++next;
        }
        CHECK(next == 100);
        CHECK(std::move(sending).join());
    });
}

TEST_CASE("messages may have values that look like the channel's own", "[sync]") {
    in_each_kind([](auto kind) {
        using Nested = weld::sync::RecvResult<int>;
        auto [sender, receiver] = channel<Nested>(kind, 2);
        CHECK(sender.send(Nested(5)).has_value());
        CHECK(sender.send(Nested(std::unexpected(weld::sync::ChannelError::Empty))).has_value());
        CHECK(receiver.recv().value().value() == 5);
        CHECK(receiver.recv().value().error() == weld::sync::ChannelError::Empty);
        auto [errors, errors_receiver] = channel<weld::sync::ChannelError>(kind, 1);
        CHECK(errors.send(weld::sync::ChannelError::Full).has_value());
        CHECK(errors_receiver.recv().value() == weld::sync::ChannelError::Full);
    });
}
