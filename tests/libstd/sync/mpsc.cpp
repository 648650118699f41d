// SPDX-License-Identifier: MIT
//
// mpsc, mpsc_sync, mpmc: the tests that Rust's three suites have in common. Each body runs for each kind of channel.
#include "channels.hpp"

#include <memory>
#include <vector>

using test::channel;
using test::drop;
using test::in_each_kind;
using test::rounds;
using test::spawn;
using weld::sync::ChannelError;

TEST_CASE("recv returns the message that was sent",
          "[sync][rust:mpsc.smoke][rust:mpsc_sync.smoke][rust:mpmc.smoke][ancestor:spsc.smoke]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.send(1).has_value());
        CHECK(receiver.recv() == 1);
    });
}

TEST_CASE("messages that no one receives are destroyed with the channel",
          "[sync][rust:mpsc.drop_full][rust:mpsc_sync.drop_full][rust:mpmc.drop_full][ancestor:spsc.drop_full]") {
    in_each_kind([](auto kind) {
        const auto message = std::make_shared<int>(1);
        {
            auto [sender, receiver] = channel<std::shared_ptr<int>>(kind, 1);
            CHECK(sender.send(message).has_value());
            CHECK(message.use_count() == 2);
        }
        CHECK(message.use_count() == 1);
    });
}

TEST_CASE("copies of a sender may come and go without effect on the messages",
          "[sync][rust:mpsc.drop_full_shared][rust:mpmc.drop_full_shared]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 1);
        drop(auto(sender));
        drop(auto(sender));
        CHECK(sender.send(std::make_unique<int>(1)).has_value());
    });
}

TEST_CASE("a copy of a sender sends to the same channel",
          "[sync][rust:mpsc.smoke_shared][rust:mpsc_sync.smoke_shared][rust:mpmc.smoke_shared]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.send(1).has_value());
        CHECK(receiver.recv() == 1);
        const auto another = sender;
        CHECK(another.send(2).has_value());
        CHECK(receiver.recv() == 2);
    });
}

TEST_CASE("one thread sends and another receives",
          "[sync][rust:mpsc.smoke_threads][rust:mpsc_sync.smoke_threads][rust:mpmc.smoke_threads]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto sending = spawn([sender = std::move(sender)] { return sender.send(0) && sender.send(1); });
        CHECK(receiver.recv() == 0);
        CHECK(receiver.recv() == 1);
        CHECK(std::move(sending).join());
    });
}

TEST_CASE("send fails with Disconnected without a receiver",
          "[sync][rust:mpsc.smoke_port_gone][rust:mpsc_sync.smoke_port_gone][rust:mpmc.smoke_port_gone][rust:mpsc."
          "smoke_shared_port_gone][rust:mpmc.smoke_shared_port_gone]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(receiver));
        const auto result = sender.send(1);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().why == ChannelError::Disconnected);
        CHECK(result.error().value == 1);
    });
}

TEST_CASE("a sender copied after the receiver is gone fails with Disconnected",
          "[sync][rust:mpsc.smoke_shared_port_gone2][rust:mpsc_sync.smoke_shared_port_gone2][rust:mpmc.smoke_shared_"
          "port_gone2]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(receiver));
        const auto another = sender;
        drop(std::move(sender));
        CHECK_FALSE(another.send(1).has_value());
    });
}

TEST_CASE(
    "send fails once a concurrent receiver is dropped",
    "[sync][rust:mpsc.port_gone_concurrent][rust:mpsc_sync.port_gone_concurrent][rust:mpmc.port_gone_concurrent]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] { return receiver.recv() == 1; });
        while (sender.send(1)) {
        }
        CHECK(std::move(receiving).join());
    });
}

TEST_CASE("send fails for two senders once a concurrent receiver is dropped",
          "[sync][rust:mpsc.port_gone_concurrent_shared][rust:mpsc_sync.port_gone_concurrent_shared][rust:mpmc.port_"
          "gone_concurrent_shared]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        const auto another = sender;
        auto receiving = spawn([receiver = std::move(receiver)] { return receiver.recv() == 1; });
        while (sender.send(1) && another.send(1)) {
        }
        CHECK(std::move(receiving).join());
    });
}

TEST_CASE("recv fails with Disconnected without a sender",
          "[sync][rust:mpsc.smoke_chan_gone][rust:mpsc_sync.smoke_chan_gone][rust:mpmc.smoke_chan_gone]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(sender));
        CHECK(test::why(receiver.recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE("recv fails with Disconnected once the last of two senders is dropped",
          "[sync][rust:mpsc.smoke_chan_gone_shared][rust:mpsc_sync.smoke_chan_gone_shared][rust:mpmc.smoke_chan_gone_"
          "shared]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto another = sender;
        drop(std::move(sender));
        CHECK(test::why(receiver.try_recv()) == ChannelError::Empty);
        drop(std::move(another));
        CHECK(test::why(receiver.recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE(
    "recv fails once a concurrent sender is dropped",
    "[sync][rust:mpsc.chan_gone_concurrent][rust:mpsc_sync.chan_gone_concurrent][rust:mpmc.chan_gone_concurrent]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto sending = spawn([sender = std::move(sender)] { return sender.send(1) && sender.send(1); });
        int count = 0;
        while (receiver.recv()) {
            ++count;
        }
        CHECK(count == 2);
        CHECK(std::move(sending).join());
    });
}

TEST_CASE("ten thousand messages pass between two threads",
          "[sync][rust:mpsc.stress][rust:mpsc_sync.stress][rust:mpmc.stress][ancestor:spsc.stress]") {
    in_each_kind([](auto kind) {
        const int count = rounds(10'000);
        auto [sender, receiver] = channel<int>(kind, 0);
        auto sending = spawn([sender = std::move(sender), count] {
            int sent = 0;
            for (int index = 0; index < count; ++index) {
                sent += sender.send(1) ? 1 : 0;
            }
            return sent;
        });
        int received = 0;
        for (int index = 0; index < count; ++index) {
            received += receiver.recv() == 1 ? 1 : 0;
        }
        CHECK(received == count);
        CHECK(std::move(sending).join() == count);
    });
}

TEST_CASE("eight threads send and one receives all messages",
          "[sync][rust:mpsc.stress_shared][rust:mpsc_sync.stress_shared][rust:mpmc.stress_shared]") {
    in_each_kind([](auto kind) {
        constexpr int threads = 8;
        const int each = rounds(kind.is_bounded ? 1'000 : 10'000);
        auto [sender, receiver] = channel<int>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver), total = each * threads] {
            int received = 0;
            while (received < total && receiver.recv() == 1) {
                ++received;
            }
            return received == total && !receiver.try_recv();
        });
        std::vector<weld::thread::JoinHandle<bool>> sending;
        for (int index = 0; index < threads; ++index) {
            sending.push_back(spawn([sender = sender, each] {
                int sent = 0;
                while (sent < each && sender.send(1)) {
                    ++sent;
                }
                return sent == each;
            }));
        }
        drop(std::move(sender));
        CHECK(std::move(receiving).join());
        for (auto& thread : sending) {
            CHECK(std::move(thread).join());
        }
    });
}

TEST_CASE("any thread may send",
          "[sync][rust:mpsc.send_from_outside_runtime][rust:mpmc.send_from_outside_runtime][ancestor:sends_off_the_"
          "runtime]") {
    in_each_kind([](auto kind) {
        auto [ready, is_ready] = channel<int>(kind, 0);
        auto [sender, receiver] = channel<int>(kind, 0);
        auto receiving = spawn([ready = std::move(ready), receiver = std::move(receiver)] {
            int sum = ready.send(0) ? 0 : 1'000;
            for (int index = 0; index < 40; ++index) {
                sum += receiver.recv().value_or(1'000);
            }
            return sum;
        });
        CHECK(is_ready.recv().has_value());
        auto sending = spawn([sender = std::move(sender)] {
            int sent = 0;
            for (int index = 0; index < 40; ++index) {
                sent += sender.send(1) ? 1 : 0;
            }
            return sent;
        });
        CHECK(std::move(receiving).join() == 40);
        CHECK(std::move(sending).join() == 40);
    });
}

TEST_CASE("any thread may receive",
          "[sync][rust:mpsc.recv_from_outside_runtime][rust:mpmc.recv_from_outside_runtime][ancestor:try_recvs_off_the_"
          "runtime]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] {
            int sum = 0;
            for (int count = 0; count < 40;) {
                const auto message = count % 2 == 0 ? receiver.recv() : receiver.try_recv();
                if (message) {
                    sum += *message;
                    ++count;
                } else if (message.error() != ChannelError::Empty) {
                    break;
                }
            }
            return sum;
        });
        for (int index = 0; index < 40; ++index) {
            CHECK(sender.send(1).has_value());
        }
        CHECK(std::move(receiving).join() == 40);
    });
}

TEST_CASE("two raw threads exchange messages both ways", "[sync][rust:mpsc.no_runtime][rust:mpmc.no_runtime]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto [answerer, answers] = channel<int>(kind, 0);
        auto first = spawn([receiver = std::move(receiver), answerer = std::move(answerer)] {
            return receiver.recv() == 1 && answerer.send(2).has_value();
        });
        auto second = spawn([sender = std::move(sender), answers = std::move(answers)] {
            return sender.send(1).has_value() && answers.recv() == 2;
        });
        CHECK(std::move(first).join());
        CHECK(std::move(second).join());
    });
}

TEST_CASE("a channel holds ten thousand messages",
          "[sync][rust:mpsc.recv_a_lot][rust:mpsc_sync.recv_a_lot][rust:mpmc.recv_a_lot]") {
    in_each_kind([](auto kind) {
        constexpr int count = 10'000;
        auto [sender, receiver] = channel<int>(kind, count);
        int sent = 0;
        while (sent < count && sender.send(sent)) {
            ++sent;
        }
        CHECK(sent == count);
        CHECK(receiver.len() == count);
        int received = 0;
        while (received < count && receiver.recv() == received) {
            ++received;
        }
        CHECK(received == count);
        CHECK(receiver.is_empty());
    });
}

TEST_CASE("a hundred threads send one message each",
          "[sync][rust:mpsc.shared_chan_stress][rust:mpsc_sync.shared_chan_stress][rust:mpmc.shared_chan_stress]") {
    in_each_kind([](auto kind) {
        constexpr int threads = 100;
        auto [sender, receiver] = channel<int>(kind, 0);
        std::vector<weld::thread::JoinHandle<bool>> sending;
        for (int index = 0; index < threads; ++index) {
            sending.push_back(spawn([sender = sender, index] { return sender.send(index).has_value(); }));
        }
        int sum = 0;
        for (int index = 0; index < threads; ++index) {
            sum += receiver.recv().value_or(100'000);
        }
        CHECK(sum == threads * (threads - 1) / 2);
        for (auto& thread : sending) {
            CHECK(std::move(thread).join());
        }
    });
}
