// SPDX-License-Identifier: MIT
//
// The ends of channels: what they report, and what is left when they are dropped.
#include "channels.hpp"
#include "message.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

using test::channel;
using test::Dice;
using test::drop;
using test::in_each_kind;
using test::Message;
using test::rounds;
using test::spawn;
using test::Tally;
using test::why;
using weld::sync::ChannelError;

static_assert(!std::is_copy_constructible_v<weld::sync::mpsc::Receiver<int>>);
static_assert(std::is_copy_constructible_v<weld::sync::mpmc::Receiver<int>>);
static_assert(std::is_copy_constructible_v<weld::sync::mpsc::Sender<std::unique_ptr<int>>>);
static_assert(std::is_nothrow_move_constructible_v<weld::sync::mpsc::Receiver<int>>);

TEST_CASE("an end that was closed or moved from is disconnected, in each kind", "[sync]") {
    in_each_kind([](auto kind) {
        const bool closes = GENERATE(false, true);
        auto [sender, receiver] = channel<int>(kind, 3);
        REQUIRE(sender.send(7).has_value());
        const auto empty = [closes](auto& end) {
            if (closes) {
                end.close();
            } else {
                drop(std::move(end));
            }
        };
        empty(sender);
        const auto sent = sender.send(5);
        REQUIRE(why(sent) == ChannelError::Disconnected);
        CHECK(sent.error().value == 5);
        if constexpr (kind.is_bounded) {
            CHECK(why(sender.try_send(5)) == ChannelError::Disconnected);
            CHECK(why(sender.send_for(5, std::chrono::hours(1))) == ChannelError::Disconnected);
        }
        CHECK(sender.is_empty());
        CHECK_FALSE(sender.is_full());
        CHECK_FALSE(sender.capacity().has_value());
        const auto copy = sender;
        CHECK(why(copy.send(5)) == ChannelError::Disconnected);
        CHECK_FALSE(copy.same_channel(sender));
        sender.close();

        CHECK(receiver.recv() == 7);
        empty(receiver);
        CHECK(why(receiver.recv()) == ChannelError::Disconnected);
        CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
        CHECK(why(receiver.recv_for(std::chrono::hours(1))) == ChannelError::Disconnected);
        CHECK(receiver.len() == 0);
        for ([[maybe_unused]] const int message : receiver) {
            FAIL("a message of no channel");
        }
        for ([[maybe_unused]] const int message : receiver.try_iter()) {
            FAIL("a message of no channel");
        }
    });
}

TEST_CASE("try_send and try_recv tell Full, Empty and Disconnected apart, in each kind", "[sync]") {
    in_each_kind([](auto kind) {
        test::with_each_bound(kind, [kind](std::size_t bound) {
            auto [sender, receiver] = channel<int>(kind, bound);
            CHECK(why(receiver.try_recv()) == ChannelError::Empty);
            if constexpr (kind.is_bounded) {
                for (std::size_t index = 0; index < bound; ++index) {
                    REQUIRE(sender.try_send(static_cast<int>(index)).has_value());
                }
                const auto result = sender.try_send(-1);
                REQUIRE(why(result) == ChannelError::Full);
                CHECK(result.error().value == -1);
            } else {
                REQUIRE(sender.send(0).has_value());
                REQUIRE(sender.send(1).has_value());
            }
            const std::size_t count = kind.is_bounded ? bound : 2;
            CHECK(receiver.len() == count);
            drop(std::move(sender));
            for (std::size_t index = 0; index < count; ++index) {
                REQUIRE(receiver.try_recv() == static_cast<int>(index));
            }
            CHECK(why(receiver.try_recv()) == ChannelError::Disconnected);
            CHECK(why(receiver.recv()) == ChannelError::Disconnected);
        });
    });
}

TEST_CASE("len, is_empty, is_full and capacity say the same at both ends, lap after lap", "[sync]") {
    in_each_kind([](auto kind) {
        test::with_each_bound(kind, [kind](std::size_t bound) {
            auto [sender, receiver] = channel<int>(kind, bound);
            CHECK(sender.capacity() == (kind.is_bounded ? std::optional(bound) : std::nullopt));
            CHECK(receiver.capacity() == sender.capacity());
            CHECK(sender.is_full() == (kind.is_bounded && bound == 0));
            if (kind.is_bounded && bound == 0) {
                CHECK(receiver.is_empty());
                return;
            }
            const std::size_t most = kind.is_bounded ? bound : 100;
            bool right = true;
            for (int lap = 0; lap < 3; ++lap) {
                for (std::size_t count = 1; count <= most; ++count) {
                    right = right && sender.send(1) && receiver.len() == count && sender.len() == count;
                    right = right && receiver.is_full() == (kind.is_bounded && count == most);
                    right = right && !sender.is_empty();
                }
                for (std::size_t count = most; count > 0; --count) {
                    right = right && receiver.try_recv() && sender.len() == count - 1 && !sender.is_full();
                }
                right = right && receiver.is_empty() && sender.is_empty();
                if (bound > 1) {  // so that the next lap begins elsewhere
                    right = right && sender.send(1) && receiver.try_recv();
                }
            }
            CHECK(right);
        });
    });
}

TEST_CASE("len never exceeds the capacity while other threads send and receive", "[sync]") {
    in_each_kind([](auto kind) {
        constexpr int bound = 7;
        const int count = rounds(20'000);
        auto [sender, receiver] = channel<int>(kind, bound);
        std::atomic<bool> over{false};
        auto asking = spawn([sender = sender, &over, most = kind.is_bounded ? bound : count] {
            while (!over.load()) {
                if (sender.len() > static_cast<std::size_t>(most)) {
                    return false;
                }
            }
            return true;
        });
        auto sending = spawn([sender = std::move(sender), count] {
            int sent = 0;
            while (sent < count && sender.send(sent)) {
                ++sent;
            }
            return sent;
        });
        int received = 0;
        while (received < count && receiver.recv() == received) {
            ++received;
        }
        over.store(true);
        CHECK(received == count);
        CHECK(std::move(sending).join() == count);
        CHECK(std::move(asking).join());
    });
}

TEST_CASE("same_channel is true for ends of one channel and false for others", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 1);
        auto [other, other_receiver] = channel<int>(kind, 1);
        const auto copy = sender;
        CHECK(copy.same_channel(sender));
        CHECK_FALSE(sender.same_channel(other));
        CHECK(receiver.same_channel(receiver));
        CHECK_FALSE(receiver.same_channel(other_receiver));
    });
}

TEST_CASE("assigning to an end leaves its old channel, and a moved-from end belongs to none", "[sync]") {
    in_each_kind([](auto kind) {
        auto [first, first_receiver] = channel<int>(kind, 1);
        auto [second, second_receiver] = channel<int>(kind, 1);
        first = second;
        CHECK(why(first_receiver.recv()) == ChannelError::Disconnected);
        CHECK(first.send(1).has_value());
        CHECK(second_receiver.recv() == 1);
        first = std::move(second);
        CHECK(first.send(2).has_value());
        first_receiver = std::move(second_receiver);
        CHECK(first_receiver.recv() == 2);
        drop(std::move(first));
        CHECK(why(first_receiver.recv()) == ChannelError::Disconnected);
    });
}

TEST_CASE("waiting messages are destroyed once with the last receiver, at any place in a block or ring", "[sync]") {
    in_each_kind([](auto kind) {
        for (const int taken : {0, 1, 30, 31, 32, 62}) {
            for (const int left : {0, 1, 30, 31, 32, 63}) {
                for (const bool receiver_first : {true, false}) {
                    Tally tally;
                    {
                        auto [sender, receiver] = channel<Message<>>(kind, 64);
                        for (int index = 0; index < taken; ++index) {
                            REQUIRE(sender.send(Message<>(tally, 0, index)).has_value());
                            REQUIRE(receiver.recv().has_value());
                        }
                        for (int index = 0; index < left; ++index) {
                            REQUIRE(sender.send(Message<>(tally, 0, index)).has_value());
                        }
                        REQUIRE(tally.alive.load() == left);
                        if (receiver_first) {
                            drop(std::move(receiver));
                            REQUIRE(tally.alive.load() == 0);
                        }
                        drop(std::move(sender));
                        REQUIRE(tally.alive.load() == (receiver_first ? 0 : left));
                    }
                    REQUIRE(tally.is_clean());
                }
            }
        }
    });
}

TEST_CASE("the last receiver leaves while senders send: nothing leaks and nothing is destroyed twice", "[sync]") {
    in_each_kind([](auto kind) {
        test::with_each_bound(kind, [kind](std::size_t bound) {
            for (int round = 0; round < rounds(20); ++round) {
                Tally tally;
                std::atomic<int> wrong{0};
                auto [sender, receiver] = channel<Message<>>(kind, bound);
                std::vector<weld::thread::JoinHandle<void>> sending;
                for (int self = 0; self < 2; ++self) {
                    sending.push_back(spawn([sender = sender, &tally, &wrong, self] {
                        for (int number = 0;; ++number) {
                            const auto result = sender.send(Message<>(tally, self, number));
                            if (!result) {
                                const auto& error = result.error();
                                wrong.fetch_add(error.value.number() == number && error.value.sender() == self ? 0 : 1);
                                return;
                            }
                        }
                    }));
                }
                for (int index = 0; index < round * 2; ++index) {
                    REQUIRE(receiver.recv().has_value());
                }
                drop(std::move(receiver));
                for (auto& thread : sending) {
                    std::move(thread).join();
                }
                drop(std::move(sender));
                REQUIRE(wrong.load() == 0);
                REQUIRE(tally.is_clean());
            }
        });
    });
}

TEST_CASE("a message may own a sender, and its channel closes when the message is destroyed", "[sync]") {
    in_each_kind([](auto kind) {
        using Sender = decltype(channel<int>(kind, 2).sender);
        struct Letter {
            Sender answer_to;
        };
        auto [answers, answers_receiver] = channel<int>(kind, 1);
        auto [sender, receiver] = channel<Letter>(kind, 2);
        CHECK(sender.send(Letter{std::move(answers)}).has_value());
        CHECK(why(answers_receiver.try_recv()) == ChannelError::Empty);
        drop(std::move(receiver));
        CHECK(why(answers_receiver.recv()) == ChannelError::Disconnected);
    });
}

namespace {

/// A message that holds a sender of the channel that it is in.
struct Knot {
    std::vector<weld::sync::mpsc::Sender<Knot>> senders;
    std::shared_ptr<int> alive;
};

}  // namespace

TEST_CASE("the last senders of a channel may be inside its own messages: the receiver destroys all", "[sync]") {
    const auto alive = std::make_shared<int>(0);
    {
        auto [sender, receiver] = weld::sync::mpsc::channel<Knot>();
        for (int index = 0; index < 40; ++index) {
            CHECK(sender.send(Knot{.senders = {sender}, .alive = alive}).has_value());
        }
        drop(std::move(sender));
        CHECK(receiver.try_recv().has_value());
        CHECK(alive.use_count() == 40);
    }
    CHECK(alive.use_count() == 1);
}

TEST_CASE("each ChannelError has its own message", "[sync]") {
    constexpr std::array all = {ChannelError::Disconnected, ChannelError::Full, ChannelError::Empty,
                                ChannelError::TimedOut, ChannelError::Cancelled};
    for (const ChannelError error : all) {
        const std::string_view line = message(error);
        CHECK_FALSE(line.empty());
        for (const ChannelError other : all) {
            CHECK((other == error) == (message(other) == line));
        }
    }
}
