// SPDX-License-Identifier: MIT
//
// mpsc, mpsc_sync, mpmc: what Rust's suites of the three have in common, each body run for each kind of channel.
#include "channels.hpp"

#include <memory>
#include <vector>

using test::channel;
using test::drop;
using test::in_each_kind;
using test::rounds;
using test::spawn;
using weld::sync::ChannelError;

TEST_CASE("mpsc.smoke mpsc_sync.smoke mpmc.smoke spsc.smoke: what is sent is received", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.send(1).has_value());
        CHECK(receiver.recv() == 1);
    });
}

TEST_CASE(
    "mpsc.drop_full mpsc_sync.drop_full mpmc.drop_full spsc.drop_full: a message that nobody receives ends with the "
    "channel",
    "[sync]") {
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

TEST_CASE("mpsc.drop_full_shared mpmc.drop_full_shared: senders that come and go change nothing", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 1);
        drop(auto(sender));
        drop(auto(sender));
        CHECK(sender.send(std::make_unique<int>(1)).has_value());
    });
}

TEST_CASE("mpsc.smoke_shared mpsc_sync.smoke_shared mpmc.smoke_shared: a copy of a sender sends too", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.send(1).has_value());
        CHECK(receiver.recv() == 1);
        const auto another = sender;
        CHECK(another.send(2).has_value());
        CHECK(receiver.recv() == 2);
    });
}

TEST_CASE("mpsc.smoke_threads mpsc_sync.smoke_threads mpmc.smoke_threads: one thread sends and another receives",
          "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto sending = spawn([sender = std::move(sender)] { return sender.send(0) && sender.send(1); });
        CHECK(receiver.recv() == 0);
        CHECK(receiver.recv() == 1);
        CHECK(std::move(sending).join());
    });
}

TEST_CASE(
    "mpsc.smoke_port_gone mpsc_sync.smoke_port_gone mpmc.smoke_port_gone "
    "mpsc.smoke_shared_port_gone mpmc.smoke_shared_port_gone: without a receiver nothing is sent",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(receiver));
        const auto result = sender.send(1);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().why == ChannelError::Disconnected);
        CHECK(result.error().value == 1);
    });
}

TEST_CASE(
    "mpsc.smoke_shared_port_gone2 mpsc_sync.smoke_shared_port_gone2 mpmc.smoke_shared_port_gone2: a sender made "
    "when no receiver is left sends nothing",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(receiver));
        const auto another = sender;
        drop(std::move(sender));
        CHECK_FALSE(another.send(1).has_value());
    });
}

TEST_CASE(
    "mpsc.port_gone_concurrent mpsc_sync.port_gone_concurrent mpmc.port_gone_concurrent: sending ends when the "
    "receiver goes",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] { return receiver.recv() == 1; });
        while (sender.send(1)) {
        }
        CHECK(std::move(receiving).join());
    });
}

TEST_CASE(
    "mpsc.port_gone_concurrent_shared mpsc_sync.port_gone_concurrent_shared mpmc.port_gone_concurrent_shared: and "
    "so it does for two senders",
    "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        const auto another = sender;
        auto receiving = spawn([receiver = std::move(receiver)] { return receiver.recv() == 1; });
        while (sender.send(1) && another.send(1)) {
        }
        CHECK(std::move(receiving).join());
    });
}

TEST_CASE("mpsc.smoke_chan_gone mpsc_sync.smoke_chan_gone mpmc.smoke_chan_gone: without a sender nothing is received",
          "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        drop(std::move(sender));
        CHECK(test::why(receiver.recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE(
    "mpsc.smoke_chan_gone_shared mpsc_sync.smoke_chan_gone_shared mpmc.smoke_chan_gone_shared: nor when the last "
    "of two senders went",
    "[sync]") {
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
    "mpsc.chan_gone_concurrent mpsc_sync.chan_gone_concurrent mpmc.chan_gone_concurrent: receiving ends when the "
    "sender goes",
    "[sync]") {
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

TEST_CASE("mpsc.stress mpsc_sync.stress mpmc.stress spsc.stress: ten thousand messages between two threads", "[sync]") {
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

TEST_CASE("mpsc.stress_shared mpsc_sync.stress_shared mpmc.stress_shared: eight threads send, and one receives all",
          "[sync]") {
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

TEST_CASE("mpsc.send_from_outside_runtime mpmc.send_from_outside_runtime sends_off_the_runtime: any thread sends",
          "[sync]") {
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

TEST_CASE(
    "mpsc.recv_from_outside_runtime mpmc.recv_from_outside_runtime try_recvs_off_the_runtime: any thread receives",
    "[sync]") {
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

TEST_CASE("mpsc.no_runtime mpmc.no_runtime: two threads that start nothing talk both ways", "[sync]") {
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

TEST_CASE("mpsc.recv_a_lot mpsc_sync.recv_a_lot mpmc.recv_a_lot: ten thousand messages wait", "[sync]") {
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

TEST_CASE(
    "mpsc.shared_chan_stress mpsc_sync.shared_chan_stress mpmc.shared_chan_stress: a hundred threads send one "
    "message each",
    "[sync]") {
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
