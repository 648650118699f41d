// SPDX-License-Identifier: MIT
//
// mpsc_sync: the tests of Rust's suite for bounded channels alone: waiting senders, Full, channels for no message.
#include "channels.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <vector>

using test::channel;
using test::drop;
using test::in_each_kind;
using test::rounds;
using test::spawn;
using test::why;
using weld::sync::ChannelError;

namespace {

template <class Body>
void in_each_bounded_kind(Body body) {
    body(test::MpscSync());
    body(test::MpmcSync());
}

}  // namespace

TEST_CASE("a sender waits for its receiver", "[sync][rust:mpsc_sync.send1][ancestor:send_opt1]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] { return receiver.recv() == 1; });
        CHECK(sender.send(1).has_value());
        CHECK(std::move(receiving).join());
    });
}

TEST_CASE("a sender at a rendezvous fails once the receiver is dropped",
          "[sync][rust:mpsc_sync.send2][ancestor:send_opt2]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto going = spawn([receiver = std::move(receiver)]() mutable {
            test::let_it_sleep();
            drop(std::move(receiver));
        });
        const auto result = sender.send(1);
        REQUIRE(why(result) == ChannelError::Disconnected);
        CHECK(result.error().value == 1);
        std::move(going).join();
    });
}

TEST_CASE("a sender that waits for room fails once the receiver is dropped",
          "[sync][rust:mpsc_sync.send3][ancestor:send_opt3]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.send(1).has_value());
        auto going = spawn([receiver = std::move(receiver)]() mutable {
            test::let_it_sleep();
            drop(std::move(receiver));
        });
        const auto result = sender.send(2);
        REQUIRE(why(result) == ChannelError::Disconnected);
        CHECK(result.error().value == 2);
        std::move(going).join();
    });
}

TEST_CASE("all of several waiting senders fail once the receiver is dropped",
          "[sync][rust:mpsc_sync.send4][ancestor:send_opt4]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        std::vector<weld::thread::JoinHandle<bool>> sending;
        for (int index = 0; index < 3; ++index) {
            sending.push_back(spawn([sender = sender, index] {
                const auto result = sender.send(index);
                return why(result) == ChannelError::Disconnected && result.error().value == index;
            }));
        }
        test::let_it_sleep();
        drop(std::move(receiver));
        for (auto& thread : sending) {
            CHECK(std::move(thread).join());
        }
    });
}

TEST_CASE("try_send to a rendezvous is Full while no receiver waits",
          "[sync][rust:mpsc_sync.try_send1][rust:mpsc_sync.oneshot_single_thread_try_send_closed2]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        const auto result = sender.try_send(1);
        REQUIRE(why(result) == ChannelError::Full);
        CHECK(result.error().value == 1);
        CHECK(why(receiver.try_recv()) == ChannelError::Empty);
    });
}

TEST_CASE("a channel for one message is Full after the first, and not after that was received",
          "[sync][rust:mpsc_sync.try_send2][ancestor:mpsc_queue.test_full]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 1);
        CHECK(sender.try_send(std::make_unique<int>(1)).has_value());
        const auto result = sender.try_send(std::make_unique<int>(2));
        REQUIRE(why(result) == ChannelError::Full);
        CHECK(*result.error().value == 2);
        CHECK(*receiver.recv().value() == 1);
        CHECK(sender.try_send(std::make_unique<int>(3)).has_value());
    });
}

TEST_CASE("Disconnected takes precedence over Full", "[sync][rust:mpsc_sync.try_send3]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.try_send(1).has_value());
        drop(std::move(receiver));
        const auto result = sender.try_send(2);
        REQUIRE(why(result) == ChannelError::Disconnected);
        CHECK(result.error().value == 2);
    });
}

TEST_CASE("try_send at a rendezvous meets a waiting receiver", "[sync][ancestor:try_send4]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] { return receiver.recv() == 1; });
        CHECK(test::eventually([&sender] { return sender.try_send(1).has_value(); }));
        CHECK(std::move(receiving).join());
    });
}

TEST_CASE("try_recv at a rendezvous meets a waiting sender", "[sync]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto sending = spawn([sender = std::move(sender)] { return sender.send(1).has_value(); });
        CHECK(test::eventually([&receiver] { return receiver.try_recv() == 1; }));
        CHECK(std::move(sending).join());
    });
}

TEST_CASE("a hundred answers of another thread arrive by try_send", "[sync][rust:mpsc_sync.issue_15761]") {
    in_each_bounded_kind([](auto kind) {
        for (int round = 0; round < 100; ++round) {
            auto [sender, receiver] = channel<int>(kind, 3);
            auto [answer, answers] = channel<int>(kind, 3);
            auto answering = spawn([receiver = std::move(receiver), answer = std::move(answer)] {
                return receiver.recv() && answer.try_send(0);
            });
            REQUIRE(sender.try_send(0).has_value());
            REQUIRE(answers.recv().has_value());
            REQUIRE(std::move(answering).join());
        }
    });
}

TEST_CASE("a waiting message is destroyed with the receiver, not with the last sender",
          "[sync][rust:mpsc_sync.drop_unreceived]") {
    in_each_kind([](auto kind) {
        const auto message = std::make_shared<int>(1);
        auto [sender, receiver] = channel<std::shared_ptr<int>>(kind, 1);
        CHECK(sender.send(message).has_value());
        CHECK(message.use_count() == 2);
        drop(std::move(receiver));
        CHECK(message.use_count() == 1);
        drop(std::move(sender));
    });
}

TEST_CASE("each sender that waits at a rendezvous is met once", "[sync]") {
    in_each_bounded_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        std::vector<weld::thread::JoinHandle<bool>> sending;
        for (int index = 0; index < 3; ++index) {
            sending.push_back(spawn([sender = sender, index] { return sender.send(index).has_value(); }));
            test::let_it_sleep();
        }
        std::array<int, 3> times{};
        for (int index = 0; index < 3; ++index) {
            const auto message = receiver.recv();
            REQUIRE(message.has_value());
            times.at(static_cast<std::size_t>(*message)) += 1;
        }
        CHECK(times == std::array{1, 1, 1});
        for (auto& thread : sending) {
            CHECK(std::move(thread).join());
        }
    });
}

TEST_CASE("a rendezvous moves no message before it is received", "[sync]") {
    in_each_bounded_kind([](auto kind) {
        for (int round = 0; round < rounds(200); ++round) {
            auto [sender, receiver] = channel<int>(kind, 0);
            std::atomic<bool> was_sent{false};
            auto sending = spawn([sender = std::move(sender), &was_sent] {
                const bool sent = sender.send(1).has_value();
                was_sent.store(true);
                return sent;
            });
            weld::thread::yield_now();
            REQUIRE_FALSE(was_sent.load());
            REQUIRE(receiver.recv() == 1);
            REQUIRE(std::move(sending).join());
        }
    });
}

TEST_CASE("a bound without memory for it throws and leaks nothing", "[sync]") {
    if (test::under_sanitizer) {
        return;  // whose allocators end the process
    }
    in_each_bounded_kind([](auto kind) {
        for (const std::size_t bound : {~std::size_t{0}, ~std::size_t{0} / 2 + 1, ~std::size_t{0} / 4}) {
            CHECK_THROWS_AS(channel<int>(kind, bound), std::bad_alloc);
        }
    });
}
