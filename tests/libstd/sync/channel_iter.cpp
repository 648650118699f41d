// SPDX-License-Identifier: MIT
//
// Receivers as ranges: the iterator tests of Rust's suites, and the behaviour that C++ expects of a range.
#include "channels.hpp"

#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <vector>

using test::channel;
using test::drop;
using test::in_each_kind;
using test::spawn;
using weld::sync::ChannelError;

static_assert(std::input_iterator<weld::sync::mpsc::Receiver<int>::Iterator>);
static_assert(std::ranges::input_range<weld::sync::mpsc::Receiver<int>>);
static_assert(std::ranges::input_range<weld::sync::mpmc::Receiver<std::unique_ptr<int>>::TryIter>);

TEST_CASE(
    "a loop over a receiver ends with the last sender",
    "[sync][rust:mpsc.test_nested_recv_iter][rust:mpsc_sync.test_nested_recv_iter][rust:mpmc.test_nested_recv_iter]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto [totals, total] = channel<int>(kind, 0);
        auto adding = spawn([receiver = std::move(receiver), totals = std::move(totals)] {
            int sum = 0;
            for (const int& message : receiver) {
                sum += message;
            }
            return totals.send(sum).has_value();
        });
        for (const int message : {3, 1, 2}) {
            CHECK(sender.send(message).has_value());
        }
        drop(std::move(sender));
        CHECK(total.recv() == 6);
        CHECK(std::move(adding).join());
    });
}

TEST_CASE(
    "a loop over a receiver can be left by break",
    "[sync][rust:mpsc.test_recv_iter_break][rust:mpsc_sync.test_recv_iter_break][rust:mpmc.test_recv_iter_break]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 0);
        auto counting = spawn([receiver = std::move(receiver)] {
            int count = 0;
            for (const int& message : receiver) {
                if (count >= 3) {
                    break;
                }
                count += message;
            }
            return count;
        });
        for (int index = 0; index < 3; ++index) {
            CHECK(sender.send(2).has_value());
        }
        CHECK(std::move(counting).join() == 4);
        CHECK_FALSE(sender.send(2).has_value());
    });
}

TEST_CASE("try_iter ends where receiving would wait",
          "[sync][rust:mpsc.test_recv_try_iter][rust:mpmc.test_recv_try_iter]") {
    in_each_kind([](auto kind) {
        auto [request, requests] = channel<int>(kind, 1);
        auto [answer, answers] = channel<int>(kind, 1);
        auto asking = spawn([request = std::move(request), answers = std::move(answers)] {
            int count = 0;
            for (;;) {
                for (const int& message : answers.try_iter()) {
                    count += message;
                    if (count == 6) {
                        return count;
                    }
                }
                if (!request.send(0)) {
                    return -1;
                }
            }
        });
        for ([[maybe_unused]] const int& message : requests) {
            if (!answer.send(2)) {
                break;
            }
        }
        CHECK(std::move(asking).join() == 6);
    });
}

TEST_CASE("an iterator returns one message after the other, and then the end",
          "[sync][rust:mpsc.test_recv_into_iter_owned][rust:mpmc.test_recv_into_iter_owned][rust:mpsc.test_recv_into_"
          "iter_borrowed][rust:mpmc.test_recv_into_iter_borrowed]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 2);
        CHECK(sender.send(1).has_value());
        CHECK(sender.send(2).has_value());
        drop(std::move(sender));
        auto iterator = receiver.begin();
        REQUIRE(iterator != receiver.end());
        CHECK(*iterator == 1);
        ++iterator;
        REQUIRE(iterator != receiver.end());
        CHECK(*iterator == 2);
        iterator++;
        CHECK(iterator == receiver.end());
    });
}

TEST_CASE("a message that a loop lends may be moved from", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<std::unique_ptr<int>>(kind, 3);
        for (int index = 0; index < 3; ++index) {
            CHECK(sender.send(std::make_unique<int>(index)).has_value());
        }
        std::vector<std::unique_ptr<int>> taken;
        for (std::unique_ptr<int>& message : receiver.try_iter()) {
            taken.push_back(std::move(message));
        }
        REQUIRE(taken.size() == 3);
        CHECK(*taken[2] == 2);
        CHECK(test::why(receiver.try_recv()) == ChannelError::Empty);
    });
}

TEST_CASE("views over a receiver take as many messages as they need", "[sync]") {
    in_each_kind([](auto kind) {
        auto [sender, receiver] = channel<int>(kind, 8);
        for (int index = 0; index < 8; ++index) {
            CHECK(sender.send(index).has_value());
        }
        int sum = 0;
        for (const int message : std::views::transform(receiver.try_iter(), [](int value) { return value * 2; })) {
            sum += message;
        }
        CHECK(sum == 56);
        CHECK(receiver.is_empty());
    });
}
