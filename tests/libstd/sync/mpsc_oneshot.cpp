// SPDX-License-Identifier: MIT
//
// mpsc, mpsc_sync, mpmc: channels that are used for one message, as Rust's suites do; the states that try_recv tells.
#include "channels.hpp"

#include <memory>
#include <utility>
#include <vector>

using test::channel;
using test::drop;
using test::in_each_kind;
using test::rounds;
using test::spawn;
using test::why;
using weld::sync::ChannelError;

TEST_CASE(
    "mpsc.oneshot_single_thread_close_port_first mpsc_sync.oneshot_single_thread_close_port_first "
    "mpmc.oneshot_single_thread_close_port_first mpsc.oneshot_single_thread_close_chan_first "
    "mpsc_sync.oneshot_single_thread_close_chan_first mpmc.oneshot_single_thread_close_chan_first: either end "
    "may go first",
    "[sync]") {
    in_each_kind([](auto kind) {
        {
            auto [sender, receiver] = channel<int>(kind, 0);
            drop(std::move(receiver));
            CHECK(why(sender.send(1)) == ChannelError::Disconnected);
        }
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(sender));
        CHECK(why(receiver.recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE(
    "mpsc.oneshot_single_thread_send_port_close mpsc_sync.oneshot_single_thread_send_port_close "
    "mpmc.oneshot_single_thread_send_port_close: a message that was not sent comes back and is not lost",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
        drop(std::move(receiver));
        auto result = sender.send(std::make_unique<int>(7));
        REQUIRE_FALSE(result.has_value());
        REQUIRE(result.error().value != nullptr);
        CHECK(*result.error().value == 7);
    });
}

TEST_CASE(
    "mpsc.oneshot_single_thread_recv_chan_close mpsc_sync.oneshot_single_thread_recv_chan_close "
    "mpmc.oneshot_single_thread_recv_chan_close mpsc.oneshot_single_thread_try_recv_closed "
    "mpsc_sync.oneshot_single_thread_try_recv_closed mpmc.oneshot_single_thread_try_recv_closed: to receive "
    "from a closed channel is an error value",
    "[sync]") {
    in_each_kind([](auto kind) {
        CHECK(spawn([kind] {
                  auto [sender, receiver] = channel<int>(kind, 0);
                  drop(std::move(sender));
                  return why(receiver.recv());
              }).join() == ChannelError::Disconnected);
    });
}

TEST_CASE(
    "mpsc.oneshot_single_thread_send_then_recv mpsc_sync.oneshot_single_thread_send_then_recv "
    "mpmc.oneshot_single_thread_send_then_recv mpsc.oneshot_single_thread_try_send_open "
    "mpsc_sync.oneshot_single_thread_try_send_open mpmc.oneshot_single_thread_try_send_open "
    "mpsc.oneshot_single_thread_try_recv_open mpsc_sync.oneshot_single_thread_try_recv_open "
    "mpmc.oneshot_single_thread_try_recv_open: one thread sends and then receives",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 1);
        CHECK(sender.send(std::make_unique<int>(10)).has_value());
        const auto message = receiver.recv();
        REQUIRE(message.has_value());
        CHECK(**message == 10);
        if constexpr (kind.is_bounded || kind.many) {
            CHECK(sender.try_send(std::make_unique<int>(11)).has_value());
            CHECK(*receiver.try_recv().value() == 11);
        }
    });
}

TEST_CASE(
    "mpsc.oneshot_single_thread_try_send_closed mpsc_sync.oneshot_single_thread_try_send_closed "
    "mpmc.oneshot_single_thread_try_send_closed: nor does trying to send to a closed channel",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(receiver));
        CHECK(why(sender.send(10)) == ChannelError::Disconnected);
        if constexpr (kind.is_bounded || kind.many) {
            const auto result = sender.try_send(10);
            CHECK(why(result) == ChannelError::Disconnected);
            CHECK(result.error().value == 10);
        }
    });
}

TEST_CASE("mpsc_sync.oneshot_single_thread_try_recv_closed_with_data: what was sent before the sender went is received",
          "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.send(10).has_value());
        drop(std::move(sender));
        CHECK(receiver.try_recv() == 10);
        CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE(
    "mpsc.oneshot_single_thread_peek_data mpsc_sync.oneshot_single_thread_peek_data "
    "mpmc.oneshot_single_thread_peek_data mpsc.oneshot_single_thread_peek_open "
    "mpsc_sync.oneshot_single_thread_peek_open mpmc.oneshot_single_thread_peek_open: an open channel is Empty "
    "until there is a message",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(why(receiver.try_recv()) == ChannelError::Empty);
        CHECK(sender.send(10).has_value());
        CHECK(receiver.try_recv() == 10);
        CHECK(why(receiver.try_recv()) == ChannelError::Empty);
    });
}

TEST_CASE(
    "mpsc.oneshot_single_thread_peek_close mpsc_sync.oneshot_single_thread_peek_close "
    "mpmc.oneshot_single_thread_peek_close: a closed one is Disconnected each time",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(sender));
        CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
        CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE(
    "mpsc.oneshot_multi_task_recv_then_send mpsc_sync.oneshot_multi_task_recv_then_send "
    "mpmc.oneshot_multi_task_recv_then_send: a receiver that sleeps is woken by a message",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] {
            const auto message = receiver.recv();
            return message ? **message : 0;
        });
        test::let_it_sleep();
        CHECK(sender.send(std::make_unique<int>(10)).has_value());
        CHECK(std::move(receiving).join() == 10);
    });
}

TEST_CASE(
    "mpsc.oneshot_multi_task_recv_then_close mpsc_sync.oneshot_multi_task_recv_then_close "
    "mpmc.oneshot_multi_task_recv_then_close: and by the end of the last sender",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] { return why(receiver.recv()); });
        test::let_it_sleep();
        spawn([sender = std::move(sender)]() mutable { drop(std::move(sender)); }).join();
        CHECK(std::move(receiving).join() == ChannelError::Disconnected);
    });
}

TEST_CASE(
    "mpsc.oneshot_multi_thread_close_stress mpsc_sync.oneshot_multi_thread_close_stress "
    "mpmc.oneshot_multi_thread_close_stress: both ends go at once",
    "[sync]") {
    in_each_kind([](auto kind) {
        for (int round = 0; round < rounds(200); ++round) {
            auto [sender, receiver] = channel<int>(kind, 0);
            auto going = spawn([receiver = std::move(receiver)]() mutable { drop(std::move(receiver)); });
            drop(std::move(sender));
            std::move(going).join();
        }
    });
}

TEST_CASE(
    "mpsc.oneshot_multi_thread_send_close_stress mpsc_sync.oneshot_multi_thread_send_close_stress "
    "mpmc.oneshot_multi_thread_send_close_stress: a message is sent while the receiver goes",
    "[sync]") {
    in_each_kind([](auto kind) {
        const auto message = std::make_shared<int>(1);
        for (int round = 0; round < rounds(200); ++round) {
            auto [sender, receiver] = channel<std::shared_ptr<int>>(kind, 0);
            auto going = spawn([receiver = std::move(receiver)]() mutable { drop(std::move(receiver)); });
            spawn([sender = std::move(sender), message] { (void)sender.send(message); }).join();
            std::move(going).join();
        }
        CHECK(message.use_count() == 1);
    });
}

TEST_CASE(
    "mpsc.oneshot_multi_thread_recv_close_stress mpsc_sync.oneshot_multi_thread_recv_close_stress "
    "mpmc.oneshot_multi_thread_recv_close_stress: the sender goes while the receiver waits",
    "[sync]") {
    in_each_kind([](auto kind) {
        for (int round = 0; round < rounds(200); ++round) {
            auto [sender, receiver] = channel<int>(kind, 0);
            auto receiving = spawn([receiver = std::move(receiver)] { return why(receiver.recv()); });
            auto going = spawn([sender = std::move(sender)]() mutable { drop(std::move(sender)); });
            REQUIRE(std::move(receiving).join() == ChannelError::Disconnected);
            std::move(going).join();
        }
    });
}

TEST_CASE(
    "mpsc.oneshot_multi_thread_send_recv_stress mpsc_sync.oneshot_multi_thread_send_recv_stress "
    "mpmc.oneshot_multi_thread_send_recv_stress: one message between two threads, many times",
    "[sync]") {
    in_each_kind([](auto kind) {
        for (int round = 0; round < rounds(200); ++round) {
            auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
            auto sending = spawn([sender = std::move(sender)] { return sender.send(std::make_unique<int>(10)); });
            const auto message = receiver.recv();
            REQUIRE((message && **message == 10));
            REQUIRE(std::move(sending).join());
        }
    });
}

namespace {

/// Sends `number` to `last - 1`, each from a thread of its own, which starts the next.
template <class Sender>
bool send_on(Sender sender, int number, int last) {
    if (number == last) {
        return true;
    }
    return spawn([sender = std::move(sender), number, last]() mutable {
               return sender.send(std::make_unique<int>(number)) && send_on(std::move(sender), number + 1, last);
           })
        .join();
}

/// Receives them, each in a thread of its own, which starts the next.
template <class Receiver>
bool receive_on(Receiver receiver, int number, int last) {
    if (number == last) {
        return true;
    }
    return spawn([receiver = std::move(receiver), number, last]() mutable {
               const auto message = receiver.recv();
               return message && **message == number && receive_on(std::move(receiver), number + 1, last);
           })
        .join();
}

}  // namespace

TEST_CASE(
    "mpsc.stream_send_recv_stress mpsc_sync.stream_send_recv_stress mpmc.stream_send_recv_stress: ends move from "
    "thread to thread with a message each",
    "[sync]") {
    in_each_kind([](auto kind) {
        for (int round = 0; round < rounds(20); ++round) {
            auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
            auto sending = spawn([sender = std::move(sender)]() mutable { return send_on(std::move(sender), 0, 10); });
            REQUIRE(receive_on(std::move(receiver), 0, 10));
            REQUIRE(std::move(sending).join());
        }
    });
}

TEST_CASE(
    "mpsc.try_recv_states mpsc_sync.try_recv_states mpmc.try_recv_states: Empty, a message, Empty, Disconnected, "
    "as another thread makes it",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        auto [order, orders] = channel<int>(kind, 1);
        auto [say, said] = channel<int>(kind, 1);
        auto obeying = spawn([sender = std::move(sender), orders = std::move(orders), say = std::move(say)]() mutable {
            bool obeyed = orders.recv() && sender.send(1) && say.send(0);
            obeyed = obeyed && orders.recv();
            drop(std::move(sender));
            return obeyed && say.send(0);
        });
        CHECK(why(receiver.try_recv()) == ChannelError::Empty);
        CHECK(order.send(0).has_value());
        CHECK(said.recv().has_value());
        CHECK(receiver.try_recv() == 1);
        CHECK(why(receiver.try_recv()) == ChannelError::Empty);
        CHECK(order.send(0).has_value());
        CHECK(said.recv().has_value());
        CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
        CHECK(std::move(obeying).join());
    });
}

TEST_CASE(
    "mpsc.destroy_upgraded_shared_port_when_sender_still_active "
    "mpsc_sync.destroy_upgraded_shared_port_when_sender_still_active "
    "mpmc.destroy_upgraded_shared_port_when_sender_still_active: a receiver goes right after its message, while "
    "its sender is still at it",
    "[sync]") {
    in_each_kind([](auto kind) {
        for (int round = 0; round < rounds(100); ++round) {
            auto [sender, receiver] = channel<int>(kind, 0);
            auto [say, said] = channel<int>(kind, 0);
            auto receiving = spawn([receiver = std::move(receiver), say = std::move(say)]() mutable {
                const bool got = receiver.recv().has_value();
                drop(std::move(receiver));
                return say.send(0) && got;
            });
            if (round % 2 == 0) {
                test::let_it_sleep();
            }
            const auto another = sender;
            drop(std::move(sender));
            REQUIRE(another.send(1).has_value());
            REQUIRE(said.recv().has_value());
            REQUIRE(std::move(receiving).join());
        }
    });
}

TEST_CASE("mpsc.issue_32114 mpmc.issue_32114: each message that is sent in vain comes back", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(receiver));
        (void)sender.send(123);
        const auto again = sender.send(124);
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().value == 124);
    });
}
