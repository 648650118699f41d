// SPDX-License-Identifier: MIT
//
// oneshot: one message, and which end frees the block. Tests of Rust's suite have its identifier as a tag.
#include "channels.hpp"

#include <weld/sync/oneshot.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <type_traits>

namespace oneshot = weld::sync::oneshot;
using namespace std::chrono_literals;
using test::drop;
using test::rounds;
using test::spawn;
using test::why;
using weld::sync::ChannelError;
using weld::time::Instant;

static_assert(!std::is_copy_constructible_v<oneshot::Sender<int>>);
static_assert(!std::is_copy_constructible_v<oneshot::Receiver<int>>);

TEST_CASE("a sender that has sent, or was moved from, is disconnected", "[sync]") {
    auto [sender, receiver] = oneshot::channel<int>();
    REQUIRE(std::move(sender).send(1).has_value());
    const auto again = std::move(sender).send(2);  // NOLINT(bugprone-use-after-move)
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().why == weld::sync::ChannelError::Disconnected);
    CHECK(again.error().value == 2);
    CHECK(receiver.recv() == 1);
    CHECK_FALSE(receiver.recv().has_value());
}

TEST_CASE(
    "a message that was sent is received by each receiving call",
    "[sync][rust:oneshot.send_before_try_recv][rust:oneshot.send_before_recv][rust:oneshot.send_before_recv_timeout]") {
    for (int way = 0; way < 4; ++way) {
        auto [sender, receiver] = oneshot::channel<std::string>();
        CHECK(std::move(sender).send("hello").has_value());
        const auto message = way == 0   ? receiver.recv()
                             : way == 1 ? receiver.try_recv()
                             : way == 2 ? receiver.recv_for(1s)
                                        : receiver.recv_until(Instant());
        CHECK(message == "hello");
        CHECK(why(receiver.recv()) == ChannelError::Disconnected);
    }
    auto [sender, receiver] = oneshot::channel<std::array<char, 4096>>();
    std::array<char, 4096> big;
    big.fill('x');
    CHECK(std::move(sender).send(big).has_value());
    CHECK(receiver.recv() == big);
}

TEST_CASE("dropping the sender without sending leaves Disconnected",
          "[sync][rust:oneshot.sender_drop][rust:oneshot.send_never_deadline][rust:oneshot.drop_sender_then_recv]") {
    auto [sender, receiver] = oneshot::channel<int>();
    drop(std::move(sender));
    CHECK(why(receiver.recv()) == ChannelError::Disconnected);
    CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
    CHECK(why(receiver.recv_for(1s)) == ChannelError::Disconnected);
    CHECK(why(receiver.recv_until(Instant())) == ChannelError::Disconnected);
}

TEST_CASE("send without a receiver returns the message once",
          "[sync][rust:oneshot.send_error][rust:oneshot.send_error_drops_message_correctly][rust:oneshot.send_error_"
          "drops_message_correctly_on_extract]") {
    const auto message = std::make_shared<int>(32);
    auto [sender, receiver] = oneshot::channel<std::shared_ptr<int>>();
    drop(std::move(receiver));
    {
        auto result = std::move(sender).send(message);
        REQUIRE(why(result) == ChannelError::Disconnected);
        CHECK(message.use_count() == 2);
        const auto extracted = std::move(result.error().value);
        CHECK(extracted == message);
        CHECK(message.use_count() == 2);
    }
    CHECK(message.use_count() == 1);
}

TEST_CASE("a receiver sleeps until the message comes",
          "[sync][rust:oneshot.recv_before_send][rust:oneshot.recv_timeout_before_send]") {
    for (const bool timed : {false, true}) {
        auto [sender, receiver] = oneshot::channel<int>();
        auto receiving = spawn([receiver = std::move(receiver), timed]() mutable {
            return (timed ? receiver.recv_until(Instant::max()) : receiver.recv()) == 9;
        });
        test::let_it_sleep();
        CHECK(std::move(sender).send(9).has_value());
        CHECK(std::move(receiving).join());
    }
}

TEST_CASE("a sleeping receiver is woken when the sender is dropped", "[sync][rust:oneshot.recv_then_drop_sender]") {
    for (const bool timed : {false, true}) {
        auto [sender, receiver] = oneshot::channel<int>();
        auto receiving = spawn([receiver = std::move(receiver), timed]() mutable {
            return why(timed ? receiver.recv_for(1h) : receiver.recv()) == ChannelError::Disconnected;
        });
        test::let_it_sleep();
        drop(std::move(sender));
        CHECK(std::move(receiving).join());
    }
}

TEST_CASE("without a message a receive is Empty or times out, and the channel still works",
          "[sync][rust:oneshot.try_recv_empty][rust:oneshot.recv_no_time][rust:oneshot.recv_deadline_passed][rust:"
          "oneshot.recv_time_passed]") {
    auto [sender, receiver] = oneshot::channel<int>();
    CHECK(why(receiver.try_recv()) == ChannelError::Empty);
    CHECK(why(receiver.recv_until(Instant::clock::now())) == ChannelError::TimedOut);
    CHECK(why(receiver.recv_until(Instant::min())) == ChannelError::TimedOut);
    CHECK(why(receiver.recv_for(0ms)) == ChannelError::TimedOut);
    CHECK(why(receiver.recv_for(-1h)) == ChannelError::TimedOut);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(why(receiver.recv_for(2ms)) == ChannelError::TimedOut);
    CHECK(why(receiver.recv_until(begin + 4ms)) == ChannelError::TimedOut);
    CHECK(std::chrono::steady_clock::now() >= begin + 4ms);
    CHECK(std::move(sender).send(1).has_value());
    CHECK(receiver.recv() == 1);
}

TEST_CASE("a receiver that found nothing may be dropped while the message is sent",
          "[sync][rust:oneshot.try_recv_then_drop_receiver]") {
    const auto message = std::make_shared<int>(42);
    for (int round = 0; round < rounds(300); ++round) {
        auto [sender, receiver] = oneshot::channel<std::shared_ptr<int>>();
        auto sending = spawn([sender = std::move(sender), message]() mutable {
            const auto result = std::move(sender).send(message);
            return result ? result.has_value() : result.error().value == message;
        });
        (void)receiver.try_recv();
        drop(std::move(receiver));
        REQUIRE(std::move(sending).join());
    }
    CHECK(message.use_count() == 1);
}

TEST_CASE("a message that no one received is destroyed with the receiver",
          "[sync][rust:oneshot.non_send_type_can_be_used_on_same_thread][rust:oneshot.message_in_channel_dropped_on_"
          "receiver_drop]") {
    const auto message = std::make_shared<int>(1);
    auto [sender, receiver] = oneshot::channel<std::shared_ptr<int>>();
    CHECK(std::move(sender).send(message).has_value());
    CHECK(message.use_count() == 2);
    drop(std::move(receiver));
    CHECK(message.use_count() == 1);
}

TEST_CASE("a moved-from end does nothing, and assignment drops the old end", "[sync]") {
    auto [first, first_receiver] = oneshot::channel<std::unique_ptr<int>>();
    auto [second, second_receiver] = oneshot::channel<std::unique_ptr<int>>();
    first = std::move(second);
    CHECK(why(first_receiver.recv()) == ChannelError::Disconnected);
    CHECK(std::move(first).send(std::make_unique<int>(2)).has_value());
    first_receiver = std::move(second_receiver);
    CHECK(*first_receiver.recv().value() == 2);
    CHECK(why(second_receiver.recv()) == ChannelError::Disconnected);
}

TEST_CASE("a concurrent send, drop of the sender and timeout of the receiver stay consistent", "[sync]") {
    const auto message = std::make_shared<int>(1);
    for (int round = 0; round < rounds(1'000); ++round) {
        auto [sender, receiver] = oneshot::channel<std::shared_ptr<int>>();
        const bool sends = round % 3 != 0;
        auto sending = spawn([sender = std::move(sender), message, sends]() mutable {
            return sends && std::move(sender).send(message);
        });
        const auto received = receiver.recv_for(std::chrono::microseconds(round % 50));
        drop(std::move(receiver));
        const bool sent = std::move(sending).join();
        if (received) {
            REQUIRE((sent && *received == message));
        } else {
            REQUIRE((received.error() == ChannelError::TimedOut || !sends));
        }
    }
    CHECK(message.use_count() == 1);
}

TEST_CASE("an over-aligned message is aligned", "[sync]") {
    struct alignas(64) Aligned {
        int value;
    };
    auto [sender, receiver] = oneshot::channel<Aligned>();
    CHECK(std::move(sender).send(Aligned{5}).has_value());
    CHECK(receiver.recv().value().value == 5);
}
