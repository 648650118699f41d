// SPDX-License-Identifier: MIT
//
// mpsc, mpsc_sync, mpmc: channels used for one message, as in Rust's suites; the states that try_recv reports.
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

TEST_CASE("either end may be dropped first",
          "[sync][rust:mpsc.oneshot_single_thread_close_port_first][rust:mpsc_sync.oneshot_single_thread_close_port_"
          "first][rust:mpmc.oneshot_single_thread_close_port_first][rust:mpsc.oneshot_single_thread_close_chan_first]["
          "rust:mpsc_sync.oneshot_single_thread_close_chan_first][rust:mpmc.oneshot_single_thread_close_chan_first]") {
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

TEST_CASE("a message that could not be sent is returned",
          "[sync][rust:mpsc.oneshot_single_thread_send_port_close][rust:mpsc_sync.oneshot_single_thread_send_port_"
          "close][rust:mpmc.oneshot_single_thread_send_port_close]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
        drop(std::move(receiver));
        auto result = sender.send(std::make_unique<int>(7));
        REQUIRE_FALSE(result.has_value());
        REQUIRE(result.error().value != nullptr);
        CHECK(*result.error().value == 7);
    });
}

TEST_CASE("recv from a closed channel is an error value",
          "[sync][rust:mpsc.oneshot_single_thread_recv_chan_close][rust:mpsc_sync.oneshot_single_thread_recv_chan_"
          "close][rust:mpmc.oneshot_single_thread_recv_chan_close][rust:mpsc.oneshot_single_thread_try_recv_closed]["
          "rust:mpsc_sync.oneshot_single_thread_try_recv_closed][rust:mpmc.oneshot_single_thread_try_recv_closed]") {
    in_each_kind([](auto kind) {
        CHECK(spawn([kind] {
                  auto [sender, receiver] = channel<int>(kind, 0);
                  drop(std::move(sender));
                  return why(receiver.recv());
              }).join() == ChannelError::Disconnected);
    });
}

TEST_CASE(
    "one thread sends and then receives",
    "[sync][rust:mpsc.oneshot_single_thread_send_then_recv][rust:mpsc_sync.oneshot_single_thread_send_then_recv][rust:"
    "mpmc.oneshot_single_thread_send_then_recv][rust:mpsc.oneshot_single_thread_try_send_open][rust:mpsc_sync.oneshot_"
    "single_thread_try_send_open][rust:mpmc.oneshot_single_thread_try_send_open][rust:mpsc.oneshot_single_thread_try_"
    "recv_open][rust:mpsc_sync.oneshot_single_thread_try_recv_open][rust:mpmc.oneshot_single_thread_try_recv_open]") {
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

TEST_CASE("try_send to a closed channel is an error value",
          "[sync][rust:mpsc.oneshot_single_thread_try_send_closed][rust:mpsc_sync.oneshot_single_thread_try_send_"
          "closed][rust:mpmc.oneshot_single_thread_try_send_closed]") {
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

TEST_CASE("a message sent before the sender was dropped is received",
          "[sync][rust:mpsc_sync.oneshot_single_thread_try_recv_closed_with_data]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.send(10).has_value());
        drop(std::move(sender));
        CHECK(receiver.try_recv() == 10);
        CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE("try_recv returns Empty until there is a message",
          "[sync][rust:mpsc.oneshot_single_thread_peek_data][rust:mpsc_sync.oneshot_single_thread_peek_data][rust:mpmc."
          "oneshot_single_thread_peek_data][rust:mpsc.oneshot_single_thread_peek_open][rust:mpsc_sync.oneshot_single_"
          "thread_peek_open][rust:mpmc.oneshot_single_thread_peek_open]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(why(receiver.try_recv()) == ChannelError::Empty);
        CHECK(sender.send(10).has_value());
        CHECK(receiver.try_recv() == 10);
        CHECK(why(receiver.try_recv()) == ChannelError::Empty);
    });
}

TEST_CASE("try_recv of a closed channel returns Disconnected each time",
          "[sync][rust:mpsc.oneshot_single_thread_peek_close][rust:mpsc_sync.oneshot_single_thread_peek_close][rust:"
          "mpmc.oneshot_single_thread_peek_close]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(sender));
        CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
        CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE("a message wakes a sleeping receiver",
          "[sync][rust:mpsc.oneshot_multi_task_recv_then_send][rust:mpsc_sync.oneshot_multi_task_recv_then_send][rust:"
          "mpmc.oneshot_multi_task_recv_then_send]") {
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

TEST_CASE("dropping the last sender wakes a sleeping receiver",
          "[sync][rust:mpsc.oneshot_multi_task_recv_then_close][rust:mpsc_sync.oneshot_multi_task_recv_then_close]["
          "rust:mpmc.oneshot_multi_task_recv_then_close]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] { return why(receiver.recv()); });
        test::let_it_sleep();
        spawn([sender = std::move(sender)]() mutable { drop(std::move(sender)); }).join();
        CHECK(std::move(receiving).join() == ChannelError::Disconnected);
    });
}

TEST_CASE("both ends are dropped concurrently",
          "[sync][rust:mpsc.oneshot_multi_thread_close_stress][rust:mpsc_sync.oneshot_multi_thread_close_stress][rust:"
          "mpmc.oneshot_multi_thread_close_stress]") {
    in_each_kind([](auto kind) {
        for (int round = 0; round < rounds(200); ++round) {
            auto [sender, receiver] = channel<int>(kind, 0);
            auto going = spawn([receiver = std::move(receiver)]() mutable { drop(std::move(receiver)); });
            drop(std::move(sender));
            std::move(going).join();
        }
    });
}

TEST_CASE("a message is sent while the receiver is dropped",
          "[sync][rust:mpsc.oneshot_multi_thread_send_close_stress][rust:mpsc_sync.oneshot_multi_thread_send_close_"
          "stress][rust:mpmc.oneshot_multi_thread_send_close_stress]") {
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

TEST_CASE("the sender is dropped while the receiver waits",
          "[sync][rust:mpsc.oneshot_multi_thread_recv_close_stress][rust:mpsc_sync.oneshot_multi_thread_recv_close_"
          "stress][rust:mpmc.oneshot_multi_thread_recv_close_stress]") {
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

TEST_CASE("one message passes between two threads, many times",
          "[sync][rust:mpsc.oneshot_multi_thread_send_recv_stress][rust:mpsc_sync.oneshot_multi_thread_send_recv_"
          "stress][rust:mpmc.oneshot_multi_thread_send_recv_stress]") {
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

TEST_CASE("ends move from thread to thread with a message each",
          "[sync][rust:mpsc.stream_send_recv_stress][rust:mpsc_sync.stream_send_recv_stress][rust:mpmc.stream_send_"
          "recv_stress]") {
    in_each_kind([](auto kind) {
        for (int round = 0; round < rounds(20); ++round) {
            auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 0);
            auto sending = spawn([sender = std::move(sender)]() mutable { return send_on(std::move(sender), 0, 10); });
            REQUIRE(receive_on(std::move(receiver), 0, 10));
            REQUIRE(std::move(sending).join());
        }
    });
}

TEST_CASE("try_recv returns Empty, a message, Empty, Disconnected as another thread acts",
          "[sync][rust:mpsc.try_recv_states][rust:mpsc_sync.try_recv_states][rust:mpmc.try_recv_states]") {
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

TEST_CASE("the receiver is dropped right after its message while the sender is still in send",
          "[sync][rust:mpsc.destroy_upgraded_shared_port_when_sender_still_active][rust:mpsc_sync.destroy_upgraded_"
          "shared_port_when_sender_still_active][rust:mpmc.destroy_upgraded_shared_port_when_sender_still_active]") {
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

TEST_CASE("each message that could not be sent is returned", "[sync][rust:mpsc.issue_32114][rust:mpmc.issue_32114]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(receiver));
        (void)sender.send(123);
        const auto again = sender.send(124);
        REQUIRE_FALSE(again.has_value());
        CHECK(again.error().value == 124);
    });
}
