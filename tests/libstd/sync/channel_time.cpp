// SPDX-License-Identifier: MIT
//
// Channels with deadlines: the timeout tests of Rust's suites, and the state after a timeout.
#include "channels.hpp"

#include <weld/sync/oneshot.hpp>
#include <weld/sync/try_until.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

using namespace std::chrono_literals;
using test::channel;
using test::drop;
using test::in_each_kind;
using test::rounds;
using test::spawn;
using test::why;
using weld::sync::ChannelError;
using weld::time::Instant;

TEST_CASE("recv_timeout returns a message that is there, and TimedOut without one",
          "[sync][rust:mpsc.oneshot_single_thread_recv_timeout][rust:mpmc.oneshot_single_thread_recv_timeout][rust:"
          "mpsc_sync.recv_timeout]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        CHECK(sender.send(1).has_value());
        CHECK(receiver.recv_for(1ms) == 1);
        CHECK(why(receiver.recv_for(1ms)) == ChannelError::TimedOut);
        CHECK(sender.send(2).has_value());
        CHECK(receiver.recv_for(1ms) == 2);
    });
}

TEST_CASE("a sender that times out waiting for room gets its message back", "[sync][rust:mpsc_sync.send_timeout]") {
    in_each_kind([](auto kind) {
        if constexpr (kind.is_bounded) {
            for (const std::size_t bound : {0UZ, 1UZ}) {
                auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, bound);
                if (bound == 1) {
                    CHECK(sender.send_for(std::make_unique<int>(1), 1ms).has_value());
                }
                auto result = sender.send_for(std::make_unique<int>(2), 1ms);
                REQUIRE(why(result) == ChannelError::TimedOut);
                CHECK(*result.error().value == 2);
                auto again = sender.send_until(std::move(result.error().value), Instant::clock::now() + 1ms);
                REQUIRE(why(again) == ChannelError::TimedOut);
                CHECK(*again.error().value == 2);
                CHECK(receiver.try_recv().has_value() == (bound == 1));
                CHECK(why(receiver.try_recv()) == ChannelError::Empty);
            }
        }
    });
}

TEST_CASE("no message is lost to a concurrent timeout",
          "[sync][rust:mpsc.stress_recv_timeout_two_threads][rust:mpsc_sync.stress_recv_timeout_two_threads][rust:mpmc."
          "stress_recv_timeout_two_threads]") {
    in_each_kind([](auto kind) {
        const int count = rounds(2'000);
        auto [sender, receiver] = channel<int>(kind, 0);
        auto sending = spawn([sender = std::move(sender), count] {
            for (int index = 0; index < count; ++index) {
                if (index % 100 == 0) {
                    weld::thread::sleep(1ms);
                }
                if (!sender.send(index)) {
                    return false;
                }
            }
            return true;
        });
        int received = 0;
        for (auto message = receiver.recv_for(20us); why(message) != ChannelError::Disconnected;
             message = receiver.recv_for(20us)) {
            if (message) {
                REQUIRE(*message == received);
                ++received;
            }
        }
        CHECK(received == count);
        CHECK(std::move(sending).join());
    });
}

TEST_CASE("no message of eight senders is lost to a concurrent timeout",
          "[sync][rust:mpsc.stress_recv_timeout_shared][rust:mpsc_sync.stress_recv_timeout_shared][rust:mpmc.stress_"
          "recv_timeout_shared]") {
    in_each_kind([](auto kind) {
        constexpr int threads = 8;
        const int each = rounds(500);
        auto [sender, receiver] = channel<int>(kind, 0);
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
        int received = 0;
        for (auto message = receiver.recv_for(50us); why(message) != ChannelError::Disconnected;
             message = receiver.recv_for(50us)) {
            received += message ? 1 : 0;
        }
        CHECK(received == threads * each);
        for (auto& thread : sending) {
            CHECK(std::move(thread).join());
        }
    });
}

TEST_CASE("a timeout does not expire too early",
          "[sync][rust:mpsc.recv_timeout_upgrade][rust:mpmc.recv_timeout_upgrade]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        const auto another = sender;
        const auto begin = std::chrono::steady_clock::now();
        CHECK(why(receiver.recv_for(1ms)) == ChannelError::TimedOut);
        CHECK(std::chrono::steady_clock::now() >= begin + 1ms);
    });
}

TEST_CASE("a very long timeout does not overflow, and a message ends the wait",
          "[sync][rust:mpsc.very_long_recv_timeout_wont_panic][rust:mpmc.very_long_recv_timeout_wont_panic]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto receiving = spawn([receiver = std::move(receiver)] {
            const bool first = receiver.recv_for(std::chrono::hours::max()) == 1;
            const bool second = receiver.recv_until(Instant::max()) == 2;
            return first && second &&
                   why(receiver.recv_for(std::chrono::nanoseconds::max())) == ChannelError::Disconnected;
        });
        test::let_it_sleep();
        CHECK(sender.send(1).has_value());
        test::let_it_sleep();
        CHECK(sender.send(2).has_value());
        test::let_it_sleep();
        drop(std::move(sender));
        CHECK(std::move(receiving).join());
    });
}

TEST_CASE("five threads send, and waiting for a sixth message times out",
          "[sync][rust:mpsc.shared_recv_timeout][rust:mpmc.shared_recv_timeout]") {
    in_each_kind([](auto kind) {
        constexpr int total = 5;
        auto [sender, receiver] = channel<int>(kind, 1);
        std::vector<weld::thread::JoinHandle<bool>> sending;
        for (int index = 0; index < total; ++index) {
            sending.push_back(spawn([sender = sender] { return sender.send(1).has_value(); }));
        }
        for (int index = 0; index < total; ++index) {
            CHECK(receiver.recv() == 1);
        }
        for (auto& thread : sending) {
            CHECK(std::move(thread).join());
        }
        CHECK(why(receiver.recv_for(1ms)) == ChannelError::TimedOut);
        CHECK(sender.send(2).has_value());
        CHECK(receiver.recv_for(1ms) == 2);
    });
}

TEST_CASE("a receiver times out while a sender comes and goes",
          "[sync][rust:mpsc.issue_39364][rust:mpmc.issue_39364]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto sending = spawn([sender = std::move(sender)]() mutable {
            test::let_it_sleep();
            drop(auto(sender));
            return std::move(sender);
        });
        CHECK(why(receiver.recv_for(5ms)) == ChannelError::TimedOut);
        const auto kept = std::move(sending).join();
        CHECK(why(receiver.recv_for(1ms)) == ChannelError::TimedOut);
        CHECK(kept.same_channel(kept));
    });
}

TEST_CASE("recv_until with a deadline in the past takes a message that is there, and does not wait", "[sync]") {
    in_each_kind([](auto kind) {
        for (const Instant past : {Instant::min(), Instant(), Instant::clock::now() - 1h}) {
            auto [sender, receiver] = channel<int>(kind, 1);
            CHECK(why(receiver.recv_until(past)) == ChannelError::TimedOut);
            CHECK(why(receiver.recv_for(-1h)) == ChannelError::TimedOut);
            if constexpr (kind.is_bounded || kind.many) {
                CHECK(sender.send_until(1, past).has_value());
            } else {
                CHECK(sender.send(1).has_value());
            }
            if constexpr (kind.is_bounded) {
                CHECK(why(sender.send_until(2, past)) == ChannelError::TimedOut);
                CHECK(why(sender.send_for(2, 0s)) == ChannelError::TimedOut);
            }
            CHECK(receiver.recv_until(past) == 1);
            drop(std::move(sender));
            CHECK(why(receiver.recv_until(past)) == ChannelError::Disconnected);
        }
    });
}

TEST_CASE("a rendezvous with a deadline in the past meets a thread that already waits", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (kind.is_bounded) {
            auto [sender, receiver] = channel<int>(kind, 0);
            CHECK(why(sender.send_until(1, Instant())) == ChannelError::TimedOut);
            auto receiving = spawn([receiver = std::move(receiver)] { return receiver.recv() == 2; });
            CHECK(test::eventually([&sender] { return sender.send_until(2, Instant()).has_value(); }));
            CHECK(std::move(receiving).join());
        }
    });
}

TEST_CASE("a sender with a deadline uses room that appears in time", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (kind.is_bounded) {
            for (const std::size_t bound : {0UZ, 1UZ}) {
                auto [sender, receiver] = channel<int>(kind, bound);
                if (bound == 1) {
                    CHECK(sender.send(1).has_value());
                }
                auto sending =
                    spawn([sender = sender] { return sender.send_until(2, Instant::max()) && sender.send_for(3, 1h); });
                test::let_it_sleep();
                int sum = 0;
                while (sum < (bound == 1 ? 6 : 5)) {
                    sum += receiver.recv_for(1h).value_or(100);
                }
                CHECK(sum == (bound == 1 ? 6 : 5));
                CHECK(std::move(sending).join());
            }
        }
    });
}

TEST_CASE("dropping the receiver ends the wait of a sender with a deadline and gives the message back", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (kind.is_bounded) {
            for (const std::size_t bound : {0UZ, 1UZ}) {
                auto [sender, receiver] = channel<int>(kind, bound);
                if (bound == 1) {
                    CHECK(sender.send(1).has_value());
                }
                auto sending = spawn([sender = sender] { return sender.send_for(7, 1h); });
                test::let_it_sleep();
                drop(std::move(receiver));
                const auto result = std::move(sending).join();
                REQUIRE(why(result) == ChannelError::Disconnected);
                CHECK(result.error().value == 7);
            }
        }
    });
}

TEST_CASE("senders and receivers that time out lose and duplicate nothing", "[sync]") {
    in_each_kind([](auto kind) {
        if constexpr (kind.is_bounded) {
            for (const std::size_t bound : {0UZ, 1UZ, 2UZ}) {
                constexpr int threads = 2;
                const int each = rounds(2'000);
                auto [sender, receiver] = channel<int>(kind, bound);
                std::atomic<long> sent{0};
                std::vector<weld::thread::JoinHandle<void>> sending;
                for (int thread = 0; thread < threads; ++thread) {
                    sending.push_back(spawn([sender = sender, each, &sent] {
                        for (int index = 1; index <= each; ++index) {
                            if (const auto result = sender.send_for(index, std::chrono::microseconds(index % 60))) {
                                sent.fetch_add(index);
                            } else if (result.error().value != index) {
                                sent.fetch_add(1'000'000'000);
                            }
                        }
                    }));
                }
                drop(std::move(sender));
                long received = 0;
                for (int index = 0;; ++index) {
                    const auto message = receiver.recv_for(std::chrono::microseconds(index % 60));
                    if (message) {
                        received += *message;
                    } else if (message.error() == ChannelError::Disconnected) {
                        break;
                    }
                }
                for (auto& thread : sending) {
                    std::move(thread).join();
                }
                CHECK(received == sent.load());
            }
        }
    });
}

TEST_CASE("a waiter that is woken repeatedly in vain times out at its deadline", "[sync]") {
    weld::native::EventCount event;
    const auto deadline = weld::time::now() + 20ms;
    const auto ended = weld::sync::try_until(event, &deadline, [&] {
        event.notify_all();  // as a crowd that takes what there was
        return weld::sync::Attempt::Later;
    });
    CHECK(ended == weld::sync::Attempt::TimedOut);
    CHECK(weld::time::now() >= deadline);
}
